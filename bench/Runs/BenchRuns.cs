using System.Text.Json;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.Runs;

/// <summary>Creates runs, follows them to their end and removes them, one at a time.</summary>
internal sealed class BenchRuns(Stack stack, RunEvents events)
{
    /// <summary>The namespace of all runs.</summary>
    public const string Namespace = "default";

    /// <summary>The image of every run, the same as the baseline's.</summary>
    public const string Image = "registry.test/agent:1";

    private const string Collection = $"/apis/stromboli.dev/v1alpha1/namespaces/{Namespace}/agentruns";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private int _made;

    private string Attempts => Path.Combine(stack.Nodes[0].Bridge.StatePath, "attempts");

    /// <summary>Creates a run that prints a word and ends, and waits until its end is stored.</summary>
    public Task<BenchRun> RunAsync(CancellationToken cancellationToken) => RunAsync("echo started", cancellationToken);

    /// <summary>Creates a run of a shell command, and waits until its end is stored.</summary>
    public async Task<BenchRun> RunAsync(string command, CancellationToken cancellationToken) =>
        await EndAsync(await CreateAsync(command, cancellationToken), cancellationToken);

    /// <summary>
    /// Creates a run whose agent runs until it is stopped, cancels it once the agent runs, and waits until its end is stored.
    /// </summary>
    /// <param name="command">The agent's shell command. Its first output tells that it runs.</param>
    /// <returns>The run, and the time of the API server's answer to the write of <c>cancel: true</c>.</returns>
    public async Task<(BenchRun Run, DateTimeOffset Cancelled)> CancelAsync(string command, CancellationToken cancellationToken)
    {
        var run = await CreateAsync(command, cancellationToken);
        await Poll.UntilAsync($"the agent of {run.Name} runs", Timeout, () => ReadLog(run.UID).FirstOutput is not null, cancellationToken);
        await stack.Http.MergeAsync($"{Collection}/{run.Name}", """{"spec":{"cancel":true}}""", cancellationToken);
        var cancelled = DateTimeOffset.UtcNow;
        return (await EndAsync(run, cancellationToken), cancelled);
    }

    /// <summary>Deletes a run and waits until nothing of it is left on its node.</summary>
    public async Task RemoveAsync(BenchRun run, CancellationToken cancellationToken)
    {
        await stack.Http.DeleteAsync($"{Collection}/{run.Name}", cancellationToken);
        await Poll.UntilAsync(
            $"the node has nothing of {run.Name}",
            Timeout,
            () => !Directory.Exists(Path.Combine(Attempts, $"{run.UID}-1")),
            cancellationToken
        );
    }

    private async Task<(string Name, string UID, DateTimeOffset Created)> CreateAsync(string command, CancellationToken cancellationToken)
    {
        var name = $"bench-{++_made}";
        var document = $$"""
            {"apiVersion": "stromboli.dev/v1alpha1", "kind": "AgentRun", "metadata": {"name": "{{name}}"},
             "spec": {"prompt": "-", "image": "{{Image}}", "agent": {"command": ["/bin/sh", "-c", {{JsonSerializer.Serialize(
                command
            )}}]} } }
            """;
        var answer = await stack.Http.CreateAsync(Collection, document, cancellationToken);
        return (name, answer["metadata"]!["uid"]!.GetValue<string>(), DateTimeOffset.UtcNow);
    }

    private async Task<BenchRun> EndAsync((string Name, string UID, DateTimeOffset Created) run, CancellationToken cancellationToken)
    {
        await Poll.UntilAsync(
            $"{run.Name} ends",
            Timeout,
            () => events.Of(run.Name).Any(sighting => sighting.Run.Status?.CompletionTime is not null),
            cancellationToken
        );
        return new BenchRun(run.Name, run.UID, run.Created, ReadLog(run.UID), events.Of(run.Name));
    }

    private AttemptLogTimes ReadLog(string uid) => AttemptLogTimes.Read(Path.Combine(Attempts, $"{uid}-1", "log"));
}
