using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Crds.Values;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;
using static Stromboli.Operator.Tests.Decisions.RunCases;

namespace Stromboli.Operator.Tests.Decisions;

/// <summary>The checks of a waiting run, in order: for each check a run that fails it and passes every check before it.</summary>
public sealed class WaitingDecisionTests
{
    private static readonly IReadOnlyList<(string Check, RunSnapshot Snapshot)> Cases =
    [
        ("The namespace has room", Snapshot(Run()) with { HeldBack = "Waiting for earlier runs." }),
        ("The whole spec is known", Of(new() { AbridgedFrom = 5000 })),
        ("The spec is valid", Of(new() { Prompt = "hello", Timeout = new GoDuration("soon") })),
        (
            "The operator allows the spec",
            Of(
                new()
                {
                    Prompt = "hello",
                    Agent = new() { Claude = new() { ExtraArgs = ["--brief"] } },
                }
            )
        ),
        ("The run is not cancelled", Of(new() { Prompt = "hello", Cancel = true })),
        (
            "The budget is not used up",
            Of(
                new()
                {
                    Prompt = "hello",
                    Budget = new() { MaxTokens = 0 },
                }
            )
        ),
        ("The run is not suspended", Of(new() { Prompt = "hello", Suspend = true })),
        ("The retry delay is over", Snapshot(Crashed(), T0.AddSeconds(6))),
        ("The session exists", Of(InSession(merged: false))),
        ("The inputs are known", Snapshot(Run()) with { Inputs = null }),
        (
            "The inputs can be used",
            Snapshot(Run()) with
            {
                Inputs = new InputCheck { Reason = RunReason.SecretNotFound, Message = "Waiting for Secret \"model\": not found." },
            }
        ),
        ("The session still exists", Of(InSession())),
        ("The session is not lost", Of(InSession(), Session(new() { Phase = SessionPhase.Lost, NodeName = "node-1" }))),
        ("The session is not suspended", Of(InSession(), Session(new(), suspend: true))),
        (
            "The run is the next of its session",
            Of(
                InSession(),
                Session(
                    new()
                    {
                        ActiveRun = new() { Name = "other", UID = "other" },
                    }
                )
            )
        ),
        ("The placement is known", Snapshot(Run()) with { Placement = null }),
        ("A node permits the run", Snapshot(Run()) with { Placement = Placement.Fails(RunReason.VolumeDenied, "Not allowed.") }),
        ("A node has room for the run", Snapshot(Run()) with { Placement = Placement.Queued(1, "Waiting for room.") }),
        ("The run has its session", Of(InSession(), Session(new()))),
    ];

    public static TheoryData<string> Names => [.. WaitingDecision.Checks.Select(check => check.Name)];

    [Fact]
    public void Cases_OneForEachCheck_InTheSameOrder() =>
        Assert.Equal(WaitingDecision.Checks.Select(check => check.Name), Cases.Select(c => c.Check));

    [Theory]
    [MemberData(nameof(Names))]
    public void Decide_CheckFails_IsDecidedByThatCheckWithItsReason(string name)
    {
        var snapshot = Cases.Single(c => c.Check == name).Snapshot;
        var waiting = new WaitingCase(snapshot, snapshot.Run, []);
        var first = WaitingDecision.Checks.First(check => check.Verdict(waiting) is not null);

        Assert.Equal(name, first.Name);
        var verdict = WaitingDecision.Decide(snapshot, snapshot.Run, []);
        Assert.Equal(first.Reasons.Count == 0, verdict.Need != RunNeed.Nothing);
        if (verdict.Need == RunNeed.Nothing)
        {
            var status = verdict.Status ?? snapshot.Run.Status!;
            Assert.Contains(status.Reason!.Value, first.Reasons);
            Assert.NotEqual("", status.Message);
        }
    }

    [Fact]
    public void Decide_AllChecksPass_Schedules() =>
        Assert.Equal(RunPhase.Preparing, WaitingDecision.Decide(Snapshot(Run()), Run(), []).Status!.Phase);

    private static RunSnapshot Of(AgentRunSpec spec, SessionPlace? session = null) => Snapshot(Run(spec)) with { Session = session };

    private static AgentRunSpec InSession(bool merged = true) =>
        new()
        {
            Prompt = "hello",
            SessionRef = new() { Name = "talk" },
            SessionMerged = merged,
        };

    private static SessionPlace Session(AgentSessionStatus status, bool suspend = false) =>
        new(
            new AgentSession
            {
                Metadata = new()
                {
                    Name = "talk",
                    Namespace = "team",
                    Uid = "session",
                },
                Spec = new() { Suspend = suspend },
                Status = status,
            },
            Position: 1
        );

    private static AgentRun Crashed() =>
        Running(
                new()
                {
                    Prompt = "hello",
                    Retries = new() { Limit = 1, Backoff = new GoDuration("10m") },
                }
            )
            .Next(s => s with { Observed = Ended(RunReason.Crashed) }, T0.AddSeconds(6));
}
