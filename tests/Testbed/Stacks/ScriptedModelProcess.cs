using System.Text.Json.Nodes;
using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Stacks;

/// <summary>The scripted model (<c>tests/ScriptedModel</c>).</summary>
public sealed class ScriptedModelProcess(StackHome home) : ServiceProcess(home, "scripted-model")
{
    /// <summary>Its origin.</summary>
    public string BaseUrl => $"http://127.0.0.1:{Port}";

    private int Port => Home.Ports.For("scripted-model");

    private string RequestLogPath => Path.Combine(Home.Folder, "scripted-model-requests.jsonl");

    /// <summary>Every request that arrived so far, as the model logged it.</summary>
    public IReadOnlyList<JsonNode> Requests() =>
        File.Exists(RequestLogPath)
            ? [.. File.ReadLines(RequestLogPath).Where(line => line.EndsWith('}')).Select(line => JsonNode.Parse(line)!)]
            : [];

    /// <inheritdoc/>
    protected override async Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken)
    {
        var copy = Path.Combine(Home.State, "bin", "scripted-model");
        await BuildCopy.RefreshAsync(
            Repository.BuildOutput("tests/ScriptedModel"),
            copy,
            "Stromboli.ScriptedModel.dll",
            "run dotnet build tests/ScriptedModel",
            cancellationToken
        );
        return new ProcessSpec([
            Path.Combine(Repository.DotnetRoot, "dotnet"),
            Path.Combine(copy, "Stromboli.ScriptedModel.dll"),
            "--listen",
            $"127.0.0.1:{Port}",
            "--log",
            RequestLogPath,
        ]);
    }

    /// <inheritdoc/>
    protected override Task<bool> IsReadyAsync(CancellationToken cancellationToken) => TcpProbe.IsOpenAsync(Port, cancellationToken);
}
