using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.EndToEnd.Basics;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Sessions;

/// <summary>Runs of one session: one at a time, in their order.</summary>
public sealed class SessionQueueTests(StackFixture stacks) : EndToEndTests(stacks)
{
    // Waits for the file, which the case makes.
    private const string Gate = "until [ -e go ]; do sleep 0.05; done; ";

    [Fact]
    public async Task Runs_AtOnce_GoOneAfterAnotherInOrder()
    {
        var scene = await OnSharedStackAsync();
        var session = new SessionCase(scene);

        await session.CreateAsync();
        var holder = await session.ShellAsync("holder", Gate + "echo holder >> order");
        await holder.RunningAsync();
        List<RunHistory> runs = [];
        foreach (
            var (name, spec) in new[]
            {
                ("second", "priority: -1"),
                ("third", "priority: -1"),
                ("urgent", ""),
                ("suspended", "suspend: true"),
            }
        )
        {
            runs.Add(await session.ShellAsync(name, $"mkdir lock && echo {name} >> order && sleep 0.2 && rmdir lock", spec));
            // Their age is counted in whole seconds.
            var made = DateTimeOffset.UtcNow;
            await Poll.UntilAsync(
                "the next second",
                Poll.Timeout,
                () => DateTimeOffset.UtcNow - made > TimeSpan.FromSeconds(1.05),
                Cancelled
            );
        }

        foreach (var (run, place) in runs.Zip([2, 3, 1]))
        {
            await run.UntilAsync(
                $"is {place}. in line",
                state =>
                    state.Status is { Reason: RunReason.WaitingForSession, Phase: RunPhase.Queued } status && status.QueuePosition == place
            );
        }

        await runs[3].ReasonAsync(RunReason.Suspended);
        var busy = await session.UntilAsync("has three in line", status => status.QueueLength == 3);
        await scene.NodeOf(holder).ExecAsync(holder.Uid, "/bin/touch", "/workspace/go");
        foreach (var run in runs.Take(3))
        {
            await run.EndAsync();
        }

        await scene.PatchAsync(runs[3], "spec: {suspend: false}");
        await runs[3].EndAsync();
        var order = (await (await session.ShellAsync("order", "cat order")).EndAsync()).Status.Result!.Text!.Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );

        Assert.Equal((SessionPhase.Busy, "holder"), (busy.Phase, busy.ActiveRun?.Name));
        Assert.Equal(["urgent", "second", "third"], busy.Queue);
        // Each could make the lock, so the one before it was gone.
        Assert.All(runs, run => Assert.Equal(RunReason.Completed, run.Last.Status.Reason));
        Assert.Equal(["holder", "urgent", "second", "third", "suspended"], order);
        runs.ForEach(StateRules.AssertHold);
    }

    [Fact]
    public async Task Session_ComesLater_IsWaitedFor()
    {
        var scene = await OnSharedStackAsync();
        var session = new SessionCase(scene);

        var run = await session.ShellAsync("early", "echo here");
        var waiting = await run.ReasonAsync(RunReason.SessionNotFound);
        await session.CreateAsync();
        var ended = await run.EndAsync();

        Assert.Equal(RunPhase.Pending, waiting.Phase);
        Assert.Equal("Waiting for AgentSession \"talk\" (spec.sessionRef): not found.", waiting.Status.Message);
        Assert.Equal((RunReason.Completed, "here"), (ended.Status.Reason, ended.Status.Result!.Text!.TrimEnd()));
        StateRules.AssertHold(run);
    }

    [Fact]
    public async Task Session_Suspended_StartsNothingAndGoesOnLater()
    {
        var scene = await OnSharedStackAsync();
        var session = new SessionCase(scene);

        await session.CreateAsync("suspend: true");
        var run = await session.ShellAsync("run", "echo here");
        var waiting = await run.ReasonAsync(RunReason.WaitingForSession);
        var suspended = await session.UntilAsync("is suspended", status => status is { Phase: SessionPhase.Suspended, QueueLength: 1 });
        await session.PatchAsync("spec: {suspend: false}");
        var ended = await run.EndAsync();

        Assert.Equal("Waiting for AgentSession \"talk\": it is suspended.", waiting.Status.Message);
        Assert.Equal(["run"], suspended.Queue);
        Assert.Equal(RunReason.Completed, ended.Status.Reason);
    }

    [Fact]
    public async Task Run_SuspendedMidway_LeavesTheSessionAndIsCountedOnce()
    {
        var scene = await OnSharedStackAsync();
        var session = new SessionCase(scene);

        await session.CreateAsync("agent: {claude: {tools: [Bash], dangerouslySkipPermissions: true}}");
        var first = await session.AskAsync("first", "@bash test -e go || { touch waits; sleep 600; }\n@say done");
        await first.RunningAsync();
        await Poll.UntilAsync(
            "the tool",
            Poll.Timeout,
            async _ => (await scene.NodeOf(first).ExecAsync(first.Uid, "/bin/cat", "/workspace/waits")).Succeeded,
            Cancelled
        );
        await scene.PatchAsync(first, "spec: {suspend: true}");
        await first.ReasonAsync(RunReason.Suspended);
        var second = await session.ShellAsync("second", "touch go");
        await second.EndAsync();
        await scene.PatchAsync(first, "spec: {suspend: false}");
        var ended = (await first.EndAsync()).Status;
        var status = await session.UntilAsync("has two turns", status => status.Turns == 2);

        Assert.Equal((RunReason.Completed, 2), (ended.Reason, ended.Attempt));
        Assert.Equal(ended.Usage!.TotalTokens, status.Usage!.TotalTokens);
        StateRules.AssertHold(first);
    }
}
