using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Lifecycle;

/// <summary>The events of a run in <c>kubectl describe</c>: exactly one for each change.</summary>
public sealed class EventsTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task OrdinaryRun_HasThreeEvents()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, "good", "true"));
        await run.EndAsync();

        await AssertEventsAsync(scene, run, "Scheduled Normal", "Started Normal", "Succeeded Normal");
        var described = await scene.KubectlAsync("describe", "agentrun", run.Name);
        Assert.Contains($"Scheduled attempt 1 on {run.Last.Status.NodeName}.", described, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunThatIsRetriedAndFails_HasEventsForIt()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            CountingAgent.Document(scene, "bad", "exit 3", "retries", """{"limit":1,"reasons":["AgentError"],"backoff":"1s"}""")
        );
        await run.EndAsync();

        var events = await AssertEventsAsync(
            scene,
            run,
            "Scheduled Normal",
            "Started Normal",
            "Retrying Warning",
            "Scheduled Normal",
            "Started Normal",
            "Failed Warning"
        );
        Assert.Contains(
            "Attempt 1 ended with AgentError: The command exited with 3. Attempt 2 starts at ",
            events[2],
            StringComparison.Ordinal
        );
        Assert.Contains("AgentError: The command exited with 3.", events[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunThatIsSuspendedAndCancelled_HasEventsForIt()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, "stopped", CountingAgent.UntilLetGo));
        await run.RunningAsync();
        await scene.PatchAsync(run, "spec: {suspend: true}");
        await run.ReasonAsync(RunReason.Suspended);
        await scene.PatchAsync(run, "spec: {suspend: false}");
        await run.UntilAsync("runs again", state => state is { Phase: RunPhase.Running, Status.Attempt: 2 });
        await scene.PatchAsync(run, "spec: {cancel: true}");
        await run.EndAsync();

        await AssertEventsAsync(
            scene,
            run,
            "Scheduled Normal",
            "Started Normal",
            "Suspended Normal",
            "Scheduled Normal",
            "Started Normal",
            "Cancelled Normal"
        );
    }

    [Fact]
    public async Task OperatorKilled_RepeatsNoEvent()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var over = await scene.ApplyRunAsync(CountingAgent.Document(scene, "over", "true"));
        await over.EndAsync();
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, "goes-on", CountingAgent.UntilLetGo));
        await run.RunningAsync();
        await AssertEventsAsync(scene, run, "Scheduled Normal", "Started Normal");

        await scene.Stack.Operator.KillAsync(Cancelled);
        await scene.Stack.Operator.StartAsync(Cancelled);
        await CountingAgent.LetGoAsync(scene, run);
        await run.EndAsync();

        await AssertEventsAsync(scene, run, "Scheduled Normal", "Started Normal", "Succeeded Normal");
        await AssertEventsAsync(scene, over, "Scheduled Normal", "Started Normal", "Succeeded Normal");
    }

    // Events are sent in parallel to the status. The last one may come a moment later.
    private static async Task<IReadOnlyList<string>> AssertEventsAsync(Scene scene, RunHistory run, params string[] expected)
    {
        IReadOnlyList<string> events = [];
        try
        {
            await Poll.UntilAsync(
                "the events are there",
                TimeSpan.FromSeconds(10),
                async _ =>
                    (
                        events = [
                            .. (await scene.EventsAsync(run)).Select(item =>
                                $"{item["reason"]} {item["type"]}{Times(item)}: {item["note"]}"
                            ),
                        ]
                    ).Count >= expected.Length,
                Cancelled
            );
        }
        catch (TestbedException)
        {
            // The assertion below names what is missing.
        }

        Assert.Equal(expected, events.Select(item => item[..item.IndexOf(':', StringComparison.Ordinal)]));
        return events;
    }

    private static string Times(System.Text.Json.Nodes.JsonNode item) => item["series"]?["count"] is { } count ? $" x{count}" : "";
}
