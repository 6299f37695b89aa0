using Stromboli.Cli.Commands;
using Stromboli.Cli.Output;

namespace Stromboli.Cli.Tests.Harness;

/// <summary>What one command printed, and how it ended.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    /// <summary>Runs a command line against a server.</summary>
    public static async Task<CliRun> OfAsync(
        string[] args,
        Uri? server = null,
        string input = "",
        bool terminal = false,
        CancellationToken cancellationToken = default
    )
    {
        using var bytes = new MemoryStream();
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var screen = new Screen(output, error, bytes)
        {
            OutIsTerminal = terminal,
            ErrorIsTerminal = terminal,
            Colours = terminal,
        };
        var context = new CliContext(screen, new StringReader(input), TimeProvider.System, ProgramName.Plugin);
        using var config = server is null ? null : new Kubeconfig(server);
        string[] all = config is null ? args : [.. args, "--kubeconfig", config.Path];
        var code = await new CommandLine(context).InvokeAsync(all, cancellationToken);
        return new(code, output.ToString() + System.Text.Encoding.UTF8.GetString(bytes.ToArray()), error.ToString());
    }
}

/// <summary>A kubeconfig file for a server of a test.</summary>
internal sealed class Kubeconfig : IDisposable
{
    /// <summary>Writes it.</summary>
    public Kubeconfig(Uri server)
    {
        Path = System.IO.Path.GetTempFileName();
        File.WriteAllText(
            Path,
            $$"""
            apiVersion: v1
            kind: Config
            current-context: here
            contexts: [{name: here, context: {cluster: here, user: me, namespace: team} }]
            clusters: [{name: here, cluster: {server: "{{server}}"} }]
            users: [{name: me, user: {token: secret} }]
            """
        );
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(Path);
}
