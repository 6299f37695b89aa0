using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Processes;

namespace Stromboli.EndToEnd.Streams;

/// <summary>What a user reads with <c>kubectl get --raw</c>.</summary>
internal sealed class RawStreams(Scene scene)
{
    /// <summary>The path of a stream.</summary>
    /// <param name="resource">Such as <c>agentruns</c>.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="stream">Such as <c>files</c>, with its query.</param>
    public string PathOf(string resource, string name, string stream) =>
        $"/apis/streams.stromboli.dev/v1alpha1/namespaces/{scene.Namespace}/{resource}/{name}/{stream}";

    /// <summary>Reads a stream that may be refused.</summary>
    public Task<CommandResult> TryAsync(string resource, string name, string stream) =>
        scene.Kubectl.RunAsync(["get", "--raw", PathOf(resource, name, stream)], cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Reads a stream.</summary>
    public async Task<string> GetAsync(string resource, string name, string stream) =>
        (await TryAsync(resource, name, stream)).OrThrow($"Reading {stream} of {name}").Output;

    /// <summary>Reads a stream of JSON.</summary>
    public async Task<JsonNode> JsonAsync(string resource, string name, string stream) =>
        JsonNode.Parse(await GetAsync(resource, name, stream))!;

    /// <summary>Waits until a run has a file, and returns its content.</summary>
    public async Task<string> WaitForFileAsync(RunHistory run, string path)
    {
        CommandResult? found = null;
        await Poll.UntilAsync(
            $"{run.Name} has {path}",
            Poll.Timeout,
            async _ => (found = await TryAsync("agentruns", run.Name, $"files?path={path}")).Succeeded,
            TestContext.Current.CancellationToken
        );
        return found!.Output;
    }

    /// <summary>The query of a path of a file.</summary>
    public static string File(string path, string more = "") => $"files?path={Uri.EscapeDataString(path)}{more}";
}
