using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>Two operators that both believe that they lead: one was frozen past its lease while the other took over.</summary>
public sealed class TwoLeadersTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string LeasePath = $"/apis/coordination.k8s.io/v1/namespaces/{OperatorProcess.Namespace}/leases/stromboli-operator";

    [Fact]
    public async Task Leader_PausedPastItsLeaseAndWoken_IsIgnored()
    {
        var scene = await OnPrivateStackAsync(
            new StackOptions
            {
                Operators = 2,
                Nodes = 2,
                Operator = Terms.Short with { NodeLostAfter = "24s" },
            },
            alone: true
        );
        var running = await scene.ApplyRunAsync(CountingAgent.Document(scene, "running", CountingAgent.UntilLetGo));
        await running.RunningAsync();
        List<RunHistory> runs = [running];

        // It is frozen before, while and after it records and sends its decisions. It wakes with its links to the nodes still up, or after
        // they have left it.
        foreach (var (delay, linked) in ((int, bool)[])[(0, true), (40, false), (120, true)])
        {
            var (leader, standby) = await RolesAsync(scene);
            var epoch = await EpochAsync(scene);
            runs.Add(await CreateAsync(scene, $"caught-{delay}"));
            await Task.Delay(delay, Cancelled);
            leader.Pause();
            await Poll.UntilAsync($"{standby.Name} leads", Poll.Timeout, async _ => await HolderAsync(scene) == standby.Name, Cancelled);
            Assert.True(await EpochAsync(scene) > epoch);
            runs.Add(await CreateAsync(scene, $"taken-over-{delay}"));
            if (!linked)
            {
                await runs[^1]
                    .UntilAsync("runs under the new leader, or ended", state => state.Phase == RunPhase.Running || state.IsFinished);
            }

            leader.Resume();

            // It notices before it writes or sends anything, and ends.
            await leader.WaitForExitAsync(Poll.Timeout, Cancelled);
            Assert.Contains("Leadership of epoch", leader.ReadLog(), StringComparison.Ordinal);
            await leader.StartAsync(Cancelled);
        }

        await CountingAgent.LetGoAsync(scene, running);
        await Task.WhenAll(runs.Select(run => run.EndAsync()));
        Assert.All(runs, run => CountingAgent.AssertRanOnce(scene, run));
        Assert.Equal(1, await scene.NodeOf(running).CreatedAsync(running.Uid));
    }

    private static async Task<RunHistory> CreateAsync(Scene scene, string name)
    {
        await scene.Stack.Http.CreateAsync(scene.RunsPath, CountingAgent.Document(scene, name, "sleep 0.5"));
        return scene.Run(name);
    }

    private static async Task<(OperatorProcess Leader, OperatorProcess Standby)> RolesAsync(Scene scene)
    {
        var holder = await HolderAsync(scene);
        var leader = scene.Stack.Operators.Single(candidate => candidate.Name == holder);
        return (leader, scene.Stack.Operators.Single(candidate => candidate != leader));
    }

    // The identity in the Lease is the operator's name with a suffix of its own.
    private static async Task<string> HolderAsync(Scene scene)
    {
        var identity = (await SpecAsync(scene))["holderIdentity"]!.ToString();
        return identity[..identity.LastIndexOf('_')];
    }

    private static async Task<long> EpochAsync(Scene scene) => (await SpecAsync(scene))["leaseTransitions"]!.GetValue<long>();

    private static async Task<JsonNode> SpecAsync(Scene scene) => (await scene.Stack.Http.GetAsync(LeasePath))!["spec"]!;
}
