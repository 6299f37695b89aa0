using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Scheduling;
using Stromboli.SimulatedNodes;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;
using Stromboli.Testbed.Webhooks;
using static Stromboli.EndToEnd.Webhooks.WebhookCase;

namespace Stromboli.EndToEnd.Webhooks;

/// <summary>Two hundred runs end while their receiver is away, and the operator is killed twice before it is back and once it is.</summary>
public sealed class AwayReceiverTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const int Runs = 200;
    private const int CancelledEvery = 4;

    // Long enough for the slowest machine to start an operator twice, and no wait is longer than a minute.
    private const string Schedule = "0s,2s,5s,10s,20s,30s,30s,30s,1m,1m,1m,1m,1m,1m,1m,1m";

    // Deliveries that failed before the receiver is back wait for their next attempt.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task Receiver_AwayWhileTheOperatorIsKilled_IsToldOfEveryEnd()
    {
        await using var receiver = new WebhookReceiver();
        var scene = await OnPrivateStackAsync(new StackOptions { Nodes = 0, Operator = Operator(receiver, Schedule) }, alone: true);
        await scene.ApplyAsync(SecretOf(Secret));
        await EndRunsAsync(scene, receiver);
        await UntilAsync(scene, "were tried", Runs / 2, delivery => delivery.Attempts > 0);

        await RestartAsync(scene);
        await receiver.StartAsync(Cancelled);
        await Poll.UntilAsync("some webhooks arrive", Timeout, () => receiver.Received.Count > Runs / 10, Cancelled);
        await RestartAsync(scene);

        await UntilAsync(scene, "were told", Runs, delivery => delivery.Delivered == true);
        var told = receiver.Received.GroupBy(request => request.ID, StringComparer.Ordinal).ToList();
        Assert.Equal(
            scene.Runs.Select(run => $"run_{run.Uid}_{run.Last.Phase!.Value.ToString().ToLowerInvariant()}").Order(StringComparer.Ordinal),
            told.Select(one => one.Key).Order(StringComparer.Ordinal)
        );
        foreach (var one in told)
        {
            // The same message each time, whichever operator sent it.
            Assert.Single(one.Select(request => request.Body).Distinct(StringComparer.Ordinal));
            var sent = Verify(one.Last(), Secret);
            Assert.Equal($"dev.stromboli.agentrun.{one.Key[(one.Key.LastIndexOf('_') + 1)..]}", sent.Type);
        }

        Assert.Equal(Runs / CancelledEvery, told.Count(one => one.Key.EndsWith("_cancelled", StringComparison.Ordinal)));
    }

    // A quarter of the runs is cancelled before it starts.
    private static async Task EndRunsAsync(Scene scene, WebhookReceiver receiver)
    {
        await using var node = await SimulatedNode.GrantAndJoinAsync(scene.Stack, "sim", new() { MaxRuns = 50 }, Cancelled);
        await Parallel.ForAsync(
            0,
            Runs,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancelled },
            async (i, stop) =>
                await WaitingCrowd.CreateAsync(
                    scene,
                    string.Create(CultureInfo.InvariantCulture, $"run-{i}"),
                    $$"""
                    {{WaitingCrowd.Command}},
                    "cancel": {{(i % CancelledEvery == 0 ? "true" : "false")}},
                    "webhooks": [{"url": "{{receiver.Origin}}/end", "secretRef": {"name": "hook", "key": "secret"} }]
                    """,
                    stop
                )
        );
        await WaitingCrowd.UntilAsync(scene, "have ended", Runs, state => state.IsFinished);
    }

    private static async Task RestartAsync(Scene scene)
    {
        await scene.Stack.Operator.KillAsync(Cancelled);
        await scene.Stack.Operator.StartAsync(Cancelled);
    }

    private static Task UntilAsync(Scene scene, string what, int count, Func<WebhookDelivery, bool> isSo) =>
        Poll.UntilAsync(
            $"the receivers of {count} runs {what}",
            Timeout,
            () => WaitingCrowd.Now(scene).Count(state => state.Status.Webhooks is [var delivery] && isSo(delivery)) >= count,
            Cancelled
        );
}
