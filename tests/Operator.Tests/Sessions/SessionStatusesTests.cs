using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Sessions;
using Stromboli.Operator.Statuses;

namespace Stromboli.Operator.Tests.Sessions;

public sealed class SessionStatusesTests
{
    private const string Uid = "9b2d7c1e-0000-4000-8000-000000000001";
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Taken_First_SetsTheNodeAndNeverAnother()
    {
        var first = SessionStatuses.Taken(Session(), Run(), "node-1", Now);
        var again = SessionStatuses.Taken(Session(first), Run(), "node-2", Now);

        Assert.Equal(("node-1", Uid), (first.NodeName, first.ActiveRun?.UID));
        Assert.Equal("node-1", again.NodeName);
    }

    [Fact]
    public void Left_ByAFinishedRun_CountsTurnUsageAndConversation()
    {
        var status = SessionStatuses.Left(
            Session(
                new()
                {
                    ActiveRun = new() { UID = Uid },
                    Turns = 2,
                    Usage = new() { TotalTokens = 5, CostUSD = "0.5" },
                }
            ),
            Ended(),
            Now
        );

        Assert.Equal(
            (3, 105, "0.75", Uid, null, 77),
            (status.Turns, status.Usage!.TotalTokens, status.Usage.CostUSD, status.SessionID, status.ActiveRun, status.StorageBytes)
        );
    }

    [Fact]
    public void Left_AfterASuspend_CountsUsageSinceThen()
    {
        var session = Session(
            new()
            {
                ActiveRun = new()
                {
                    UID = Uid,
                    UsageBefore = new() { TotalTokens = 40, CostUSD = "0.1" },
                },
                Usage = new() { TotalTokens = 40, CostUSD = "0.1" },
            }
        );

        var status = SessionStatuses.Left(session, Ended(), Now);

        Assert.Equal((100, "0.25"), (status.Usage!.TotalTokens, status.Usage.CostUSD));
    }

    [Fact]
    public void Left_ByARunThatIsGone_CountsNothing()
    {
        var status = SessionStatuses.Left(
            Session(
                new()
                {
                    ActiveRun = new() { UID = Uid },
                    Turns = 2,
                    SessionID = "old",
                }
            ),
            null,
            Now
        );

        Assert.Equal((2, "old", null), (status.Turns, status.SessionID, status.ActiveRun));
    }

    [Theory]
    [InlineData(ConversationChoices.Fork, 100, null, "old")]
    [InlineData(ConversationChoices.New, 100, null, Uid)]
    [InlineData(ConversationChoices.New, 0, null, "old")]
    [InlineData(null, 100, true, "old")]
    public void Left_Conversation_BecomesTheSessionsIfItIsInHome(string? conversation, int tokens, bool? noPersistence, string expected)
    {
        var run = Ended() with
        {
            Spec = new()
            {
                Conversation = conversation,
                Agent = new() { Claude = new() { NoPersistence = noPersistence } },
            },
        };
        run = run with { Status = run.Status! with { Usage = new() { TotalTokens = tokens } } };

        Assert.Equal(expected, SessionStatuses.Left(Session(new() { SessionID = "old" }), run, Now).SessionID);
    }

    [Fact]
    public void Left_WithLostData_StaysLost()
    {
        var run = Ended();
        run = run with
        {
            Status = run.Status! with
            {
                Session = new() { UID = "s", Lost = true },
            },
        };

        var session = Session(SessionStatuses.Left(Session(new() { NodeName = "node-1" }), run, Now));
        var shown = SessionStatuses.Shown(session, [], nodeIsLost: true, Now);

        Assert.Equal((SessionPhase.Lost, SessionReason.SessionLost), (shown.Phase, shown.Reason));
        Assert.True(Conditions.IsTrue(shown.Conditions, RunConditions.Stalled));
    }

    [Theory]
    [InlineData(false, false, false, SessionPhase.Ready, true)]
    [InlineData(true, false, false, SessionPhase.Busy, true)]
    [InlineData(false, true, false, SessionPhase.Suspended, true)]
    [InlineData(true, true, false, SessionPhase.Busy, true)]
    [InlineData(true, true, true, SessionPhase.Pending, false)]
    public void Shown_Phase_FollowsFromTheFacts(bool busy, bool suspended, bool lost, SessionPhase phase, bool ready)
    {
        var session = new AgentSession
        {
            Metadata = new() { Name = "talk", Generation = 3 },
            Spec = new() { Suspend = suspended },
            Status = new() { NodeName = "node-1", ActiveRun = busy ? new() { Name = "run", UID = Uid } : null },
        };

        var shown = SessionStatuses.Shown(session, [Run()], lost, Now);

        Assert.Equal(
            (phase, 3, 1, ready),
            (shown.Phase, shown.ObservedGeneration, shown.QueueLength, Conditions.IsTrue(shown.Conditions, RunConditions.Ready))
        );
        Assert.All(shown.Conditions!, condition => Assert.Equal(3, condition.ObservedGeneration));
        // The same input gives the same status, so nothing is written twice.
        Assert.True(
            StatusComparison.IsSame(
                shown,
                SessionStatuses.Shown(session with { Status = shown }, [Run()], lost, Now.AddMinutes(1)),
                CrdsJson.Default.AgentSessionStatus
            )
        );
    }

    [Fact]
    public void Shown_InvalidSpec_IsFailed()
    {
        var shown = SessionStatuses.Shown(new AgentSession { Spec = new() { Image = "busybox" } }, [], false, Now);

        Assert.Equal((SessionPhase.Failed, SessionReason.InvalidSpec), (shown.Phase, shown.Reason));
        Assert.StartsWith("spec.image ", shown.Message);
    }

    private static AgentSession Session(AgentSessionStatus? status = null) =>
        new()
        {
            Metadata = new() { Name = "talk", Generation = 1 },
            Spec = new(),
            Status = status,
        };

    private static AgentRun Run() =>
        new()
        {
            Metadata = new()
            {
                Name = "run",
                Namespace = "team",
                Uid = Uid,
            },
            Spec = new() { Prompt = "hi" },
        };

    private static AgentRun Ended() =>
        Run() with
        {
            Status = new()
            {
                SessionID = Uid,
                Session = new() { UID = "s", StorageBytes = 77 },
                Usage = new() { TotalTokens = 100, CostUSD = "0.25" },
                Conditions =
                [
                    new()
                    {
                        Type = RunConditions.Started,
                        Status = ConditionStatus.True,
                        Reason = "Started",
                        Message = "",
                    },
                    new()
                    {
                        Type = RunConditions.Succeeded,
                        Status = ConditionStatus.True,
                        Reason = "Completed",
                        Message = "",
                    },
                ],
            },
        };
}
