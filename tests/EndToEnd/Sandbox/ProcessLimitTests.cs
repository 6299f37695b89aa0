using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>The limit of processes counts only a run's own, whatever else the engine's user runs.</summary>
public sealed class ProcessLimitTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Pids_Minimum_AgentsStartBesideOthersAndGetNoMore()
    {
        var scene = await OnSharedStackAsync();
        var runs = await Task.WhenAll(
            Enumerable
                .Range(1, 3)
                .Select(i =>
                    scene.ApplyRunAsync(
                        $$"""
                        apiVersion: stromboli.dev/v1alpha1
                        kind: AgentRun
                        metadata:
                          name: few-processes-{{i}}
                        spec:
                          prompt: not read
                          agent:
                            command:
                              - sh
                              - -c
                              - |
                                sed -n 's/^Max processes *//p' /proc/self/limits
                                i=0
                                while [ $i -lt 20 ]; do sleep 30 & i=$((i + 1)); done
                          resources:
                            limits:
                              pids: 16
                        """
                    )
                )
        );
        foreach (var run in runs)
        {
            await run.EndAsync(TimeSpan.FromMinutes(2));
            var status = run.Last.Status!;
            Assert.Equal((RunPhase.Failed, RunReason.AgentError), (status.Phase, status.Reason));
            Assert.StartsWith("16 ", status.Result!.Text, StringComparison.Ordinal);
        }
    }
}
