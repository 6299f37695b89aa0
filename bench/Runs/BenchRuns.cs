using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.Runs;

/// <summary>Makes runs, follows them to their end and removes them, one at a time.</summary>
internal sealed class BenchRuns(Stack stack, RunEvents events)
{
    /// <summary>The namespace of all runs.</summary>
    public const string Namespace = "default";

    /// <summary>What every run is made of; the same image as the baseline's.</summary>
    public const string Image = "registry.test/agent:1";

    private const string Collection = $"/apis/stromboli.dev/v1alpha1/namespaces/{Namespace}/agentruns";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private int _made;

    private string Attempts => Path.Combine(stack.Nodes[0].Bridge.StatePath, "attempts");

    /// <summary>Makes a run that says a word and ends, and waits until its end is stored.</summary>
    public async Task<BenchRun> RunAsync(CancellationToken cancellationToken)
    {
        var name = $"bench-{++_made}";
        var document = $$"""
            {"apiVersion": "stromboli.dev/v1alpha1", "kind": "AgentRun", "metadata": {"name": "{{name}}"},
             "spec": {"prompt": "-", "image": "{{Image}}", "agent": {"command": ["/bin/sh", "-c", "echo started"]} } }
            """;
        var answer = await stack.Http.CreateAsync(Collection, document, cancellationToken);
        var created = DateTimeOffset.UtcNow;
        var uid = answer["metadata"]!["uid"]!.GetValue<string>();
        await Poll.UntilAsync(
            $"{name} ends",
            Patience,
            () => events.Of(name).Any(sighting => sighting.Run.Status?.CompletionTime is not null),
            cancellationToken
        );
        return new BenchRun(name, uid, created, AttemptLogTimes.Read(Path.Combine(Attempts, $"{uid}-1", "log")), events.Of(name));
    }

    /// <summary>Deletes a run and waits until its node has nothing of it.</summary>
    public async Task RemoveAsync(BenchRun run, CancellationToken cancellationToken)
    {
        await stack.Http.DeleteAsync($"{Collection}/{run.Name}", cancellationToken);
        await Poll.UntilAsync(
            $"the node has nothing of {run.Name}",
            Patience,
            () => !Directory.Exists(Path.Combine(Attempts, $"{run.UID}-1")),
            cancellationToken
        );
    }
}
