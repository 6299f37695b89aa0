using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.NodeLink.Messages;

namespace Stromboli.EndToEnd.Links;

/// <summary>A node that reports runs of other nodes.</summary>
public sealed class ForgedReportTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Reports_OfRunsOnOtherNodes_AreDroppedWithOneLineEach()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, "victim", CountingAgent.UntilLetGo));
        await run.RunningAsync();
        var node = await LinkAuthorisationTests.GrantAsync(scene, "liar");
        await using var liar = await HandmadeBridge.DialAsync(
            scene,
            node,
            await LinkAuthorisationTests.TokenAsync(scene, "liar", ConnectTokens.Audience)
        );
        var unknown = Guid.NewGuid().ToString();

        liar.Hello(node, Ended(run.Uid, 1));
        for (var i = 0; i < 5; i++)
        {
            liar.Report(Ended(run.Uid, 1));
            liar.Report(Ended(run.Uid, 2));
            liar.Report(Ended(unknown, 1));
        }

        // It learns of no run that is not its own.
        var told = await liar.PingAsync(1);
        Assert.All(
            told,
            message =>
                Assert.True(
                    message is Welcome or DesiredSnapshot { Attempts.Count: 0 } or DesiredImages { Images.Count: 0 },
                    message.ToString()
                )
        );
        await liar.PingAsync(2);
        Assert.Equal(RunPhase.Running, run.Last.Phase);
        await CountingAgent.LetGoAsync(scene, run);
        await run.EndAsync();
        CountingAgent.AssertRanOnce(scene, run);
        Assert.All(run.States, state => Assert.DoesNotContain("forged", state.Json.ToJsonString(), StringComparison.Ordinal));
        foreach (var (uid, attempt) in ((string, int)[])[(run.Uid, 1), (run.Uid, 2), (unknown, 1)])
        {
            var line = $"Node {node} reports attempt {attempt} of run {uid}, which is not on record for it; the report is dropped";
            Assert.Single(scene.Stack.Operator.ReadLog().Split('\n'), logged => logged.Contains(line, StringComparison.Ordinal));
        }
    }

    private static AttemptObservation Ended(string uid, int attempt) =>
        new()
        {
            UID = uid,
            Attempt = attempt,
            Stage = AttemptStage.Ended,
            StartedAgoMs = 1000,
            End = new AttemptEnd
            {
                Reason = RunReason.Completed,
                Message = "forged",
                EndedAgoMs = 10,
                ExitCode = 0,
                Result = new RunResult { Text = "forged" },
                Usage = new AttemptUsage { DurationMs = 1, CostUSD = 1000 },
            },
        };
}
