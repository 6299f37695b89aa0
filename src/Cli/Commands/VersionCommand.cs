using System.CommandLine;
using System.Text.Json.Nodes;
using Stromboli.Cli.Output;
using Stromboli.Crds.Schema;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Commands;

/// <summary><c>version</c>.</summary>
internal sealed class VersionCommand(CliContext context)
{
    /// <summary>The version of this program.</summary>
    public static string Own => $"v{typeof(VersionCommand).Assembly.GetName().Version?.ToString(3)}";

    private readonly Option<bool> _client = new("--client") { Description = "Only the version of this program; asks no server." };

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var command = new Command("version", "Print the versions of this program, of the cluster, and of the API that it serves.")
        {
            _client,
        };
        var output = new OutputFlag(command, context, "json", "yaml");
        command.SetAction((parsed, token) => RunAsync(parsed, output, token));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, OutputFlag output, CancellationToken cancellationToken)
    {
        var format = output.Read(parsed);
        var versions = new JsonObject { ["client"] = Own };
        if (!parsed.GetValue(_client))
        {
            using var cluster = context.Connect(parsed);
            versions["kubernetes"] = (await cluster.Client.GetRawAsync("/version", cancellationToken))
                .GetProperty("gitVersion")
                .GetString();
            versions["api"] = await IsServedAsync(cluster.Client, ApiGroup.Name, cancellationToken) ? ApiGroup.ApiVersion : null;
            versions["streams"] = await IsServedAsync(cluster.Client, $"streams.{ApiGroup.Name}", cancellationToken)
                ? $"streams.{ApiGroup.ApiVersion}"
                : null;
        }

        if (format is not null)
        {
            context.Screen.Out.Write(format == "json" ? JsonOutput.Write(versions) : YamlOutput.Write(versions));
            return ExitCodes.Success;
        }

        await context.Screen.Out.WriteLineAsync($"Client: {Own}");
        if (!parsed.GetValue(_client))
        {
            await context.Screen.Out.WriteLineAsync($"Kubernetes: {SafeText.Line(versions["kubernetes"]?.ToString())}");
            await context.Screen.Out.WriteLineAsync($"API: {versions["api"]?.ToString() ?? "not installed"}");
            await context.Screen.Out.WriteLineAsync($"Streams: {versions["streams"]?.ToString() ?? "not installed"}");
        }

        return ExitCodes.Success;
    }

    private static async Task<bool> IsServedAsync(KubeClient client, string group, CancellationToken cancellationToken)
    {
        try
        {
            await client.GetRawAsync($"/apis/{group}", cancellationToken);
            return true;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    }
}
