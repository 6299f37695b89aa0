using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Tests.Sessions;

public sealed class SessionQueueTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 7, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_PriorityThenAgeThenName_IsTheOrder()
    {
        AgentRun[] runs =
        [
            Run("d", 2),
            Run("c", 1),
            Run("b", 1),
            Run("a", 3, new() { Priority = 1 }),
            Run("low", 0, new() { Priority = -1 }),
        ];

        Assert.Equal(["a", "b", "c", "d", "low"], Names(runs));
    }

    [Fact]
    public void Of_RunsThatCannotStart_AreSkipped()
    {
        AgentRun[] runs =
        [
            Run("suspended", 0, new() { Suspend = true }),
            Run("cancelled", 0, new() { Cancel = true }),
            Run("secret", 0, status: new() { Reason = RunReason.SecretNotFound }),
            Run("live", 0, status: new() { Attempts = [new() { Attempt = 1, Node = "node-1" }] }),
            Run("waits", 9, status: new() { Reason = RunReason.WaitingForSession }),
            Run("resumed", 8, status: new() { Reason = RunReason.Suspended }),
        ];

        Assert.Equal(["resumed", "waits"], Names(runs));
    }

    [Fact]
    public void Of_TheRunThatHasTheSession_IsNotInTheQueue() =>
        Assert.Equal(
            ["b"],
            SessionQueue
                .Of([Run("a", 0), Run("b", 1)], new AgentSession { Status = new() { ActiveRun = new() { UID = "uid-a" } } })
                .Select(run => run.Metadata.Name)
        );

    [Theory]
    [InlineData(null, false, true)]
    [InlineData(RunReason.Backoff, false, true)]
    [InlineData(RunReason.WaitingForNode, false, true)]
    [InlineData(RunReason.SecretNotFound, false, false)]
    [InlineData(RunReason.Suspended, true, false)]
    public void Keeps_WithoutAnAttempt_DependsOnWhatItWaitsFor(RunReason? reason, bool suspended, bool keeps) =>
        Assert.Equal(keeps, SessionQueue.Keeps(Run("a", 0, new() { Suspend = suspended }, new() { Reason = reason })));

    [Fact]
    public void Keeps_Finished_DoesNot() =>
        Assert.False(
            SessionQueue.Keeps(
                Run(
                    "a",
                    0,
                    status: new()
                    {
                        Conditions =
                        [
                            new Condition
                            {
                                Type = RunConditions.Succeeded,
                                Status = ConditionStatus.True,
                                Reason = "Completed",
                                Message = "",
                            },
                        ],
                    }
                )
            )
        );

    [Fact]
    public void Place_OfARun_IsItsPositionInTheQueue()
    {
        AgentRun[] line = [Run("a", 0), Run("b", 1)];

        Assert.Equal(2, SessionPlace.Of(line[1], new AgentSession(), line).Position);
        Assert.Equal(3, SessionPlace.Of(Run("c", 2), new AgentSession(), line).Position);
    }

    private static IEnumerable<string?> Names(AgentRun[] runs) =>
        SessionQueue.Of(runs, new AgentSession()).Select(run => run.Metadata.Name);

    private static AgentRun Run(string name, int age, AgentRunSpec? spec = null, AgentRunStatus? status = null) =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Namespace = "team",
                Uid = "uid-" + name,
                CreationTimestamp = Start.AddSeconds(age),
            },
            Spec = (spec ?? new()) with
            {
                Prompt = "hi",
                SessionRef = new SessionReference { Name = "talk" },
            },
            Status = status,
        };
}
