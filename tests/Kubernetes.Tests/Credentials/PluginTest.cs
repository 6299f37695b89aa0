using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Credentials;

/// <summary>A test with credential plugins that are Bash scripts in a folder of its own.</summary>
public abstract class PluginTest : ApiServerTest
{
    private protected const string V1 = "client.authentication.k8s.io/v1";

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("stromboli-plugin").FullName;

    private protected ManualTimeProvider Clock { get; } = new();

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A script that counts its runs; <c>$n</c> is the number of the run.</summary>
    private protected string Script(string body, string name = "plugin")
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(
            path,
            $"""
            #!/bin/bash
            cd '{Folder}'
            echo run >> runs
            n=$(wc -l < runs)
            {body}
            """
        );
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>The line of a script that prints a credential.</summary>
    private protected static string Print(string status, string version = V1) =>
        $$"""
            echo "{\"apiVersion\":\"{{version}}\",\"kind\":\"ExecCredential\",\"status\":{{status.Replace(
                "\"",
                "\\\"",
                StringComparison.Ordinal
            )}}}"
            """;

    private protected int Runs => File.Exists(Path.Combine(Folder, "runs")) ? File.ReadAllLines(Path.Combine(Folder, "runs")).Length : 0;

    private protected IEnumerable<string?> Tokens =>
        Server.Requests.Select(request => request.Authorization?.Replace("Bearer ", "", StringComparison.Ordinal));

    private protected KubeConfig Config(string command, Func<ExecConfig, ExecConfig>? change = null, TimeProvider? clock = null)
    {
        var exec = new ExecConfig { Command = command, ApiVersion = V1 };
        return new()
        {
            Server = Server.Address,
            Exec = change is null ? exec : change(exec),
            Clock = clock ?? Clock,
        };
    }

    private protected KubeClient PluginClient(KubeConfig config) => NewClient(clock: config.Clock, config: config);
}
