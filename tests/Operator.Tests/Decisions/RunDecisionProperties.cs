using FsCheck;
using FsCheck.Fluent;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Tests.Decisions;

/// <summary>Stored statuses keep the rules of <see cref="StatusRules"/> for any events in any order.</summary>
public sealed class RunDecisionProperties
{
    public enum Kind
    {
        Look,
        Report,
        ReportEnd,
        NodeLost,
        Cancel,
        Suspend,
        Edit,
        CrashBeforeStoring,
        NoNode,
        NoSecret,
        Wait,
    }

    [Fact]
    public void AnyOrderOfEvents_KeepsTheRules()
    {
        var step =
            from kind in Gen.Elements(Enum.GetValues<Kind>())
            from attempt in Gen.Choose(1, 4)
            from node in Gen.Choose(1, 3)
            from detail in Gen.Choose(0, 1000)
            select new Step(kind, attempt, node, detail);
        var way = Gen.ListOf(step).Select(steps => steps.ToList());
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(60),
            Prop.ForAll(way.ToArbitrary(), steps => new World(capped: steps.Count % 2 == 0).Play(steps))
        );
    }

    public sealed record Step(Kind Kind, int Attempt, int Node, int Detail);

    private sealed class World
    {
        private readonly HashSet<(string Node, int Attempt)> _let = [];
        private AgentRun _run;
        private DateTimeOffset _now = RunCases.T0;
        private ObservedAttempt? _observed;

        public World(bool capped) =>
            _run = RunCases.Run(
                new AgentRunSpec
                {
                    Prompt = "hello",
                    Retries = new RetrySpec
                    {
                        NodeLost = 2,
                        Limit = 3,
                        Reasons = ["AgentError", "Crashed"],
                        Backoff = new GoDuration("1m"),
                    },
                    Budget = capped ? new BudgetSpec { MaxTokens = 20 } : null,
                    TtlAfterFinished = new GoDuration("1h"),
                }
            );

        public void Play(IReadOnlyList<Step> steps)
        {
            foreach (var step in steps)
            {
                Play(step);
            }
        }

        private void Play(Step step)
        {
            _now = _now.AddMilliseconds(step.Detail * 7);
            var snapshot = RunCases.Snapshot(_run, _now) with { Placement = Placement.On($"node-{step.Node}") };
            switch (step.Kind)
            {
                case Kind.Report:
                    Report(step, (AttemptStage)(step.Detail % 3), null);
                    break;
                case Kind.ReportEnd:
                    var reason = Enum.GetValues<RunReason>()[step.Detail % Enum.GetValues<RunReason>().Length];
                    Report(
                        step,
                        AttemptStage.Ended,
                        new AttemptEnd
                        {
                            Reason = reason,
                            Message = new string('m', step.Detail * 5),
                            EndedAgoMs = step.Detail * 1000,
                            Usage = new AttemptUsage { InputTokens = 5, ChargedTokens = 5 },
                        }
                    );
                    break;
                case Kind.NodeLost:
                    snapshot = snapshot with { NodeLostAt = _now };
                    break;
                case Kind.Cancel:
                    Spec(_run.Spec! with { Cancel = true });
                    break;
                case Kind.Suspend:
                    Spec(_run.Spec! with { Suspend = step.Detail % 2 == 0 });
                    break;
                case Kind.Edit:
                    Spec(_run.Spec! with { Priority = step.Detail });
                    break;
                case Kind.NoNode:
                    snapshot = snapshot with
                    {
                        Placement =
                            step.Detail % 2 == 0
                                ? Placement.Queued(1 + step.Detail, "Full.")
                                : Placement.Waits(RunReason.NoNodeMatches, "None."),
                    };
                    break;
                case Kind.NoSecret:
                    snapshot = snapshot with
                    {
                        Inputs = new InputCheck { Reason = RunReason.SecretNotFound, Message = "None." },
                    };
                    break;
                case Kind.Wait:
                    _now = _now.AddMinutes(step.Detail);
                    break;
            }
            Decide(
                snapshot with
                {
                    Run = _run,
                    Now = _now,
                    Observed = _observed,
                    NodeLostAt = snapshot.NodeLostAt <= _now ? _now : snapshot.NodeLostAt,
                },
                step.Kind
            );
        }

        private void Decide(RunSnapshot snapshot, Kind kind)
        {
            var verdict = RunDecision.Decide(snapshot);
            Assert.Equal(RunNeed.Nothing, verdict.Need);
            // Only a hold and a stop may precede the record.
            Assert.All(
                verdict.Before,
                w => Assert.True(w.State is DesiredState.Hold or DesiredState.Stop, $"{w.State} before the record.")
            );
            if (kind == Kind.CrashBeforeStoring)
            {
                return;
            }

            if (verdict.Status is { } status)
            {
                var before = _run.Status;
                _run = _run with { Status = status };
                StatusRules.Check(_run, before);
                Retries(before);
            }
            After(verdict);
            // A status that is stored is not stored again. The report in the snapshot belongs to the attempt before.
            var again = snapshot with
            {
                Run = _run,
            };
            if (_run.Status?.Attempt != snapshot.Run.Status?.Attempt)
            {
                again = again with { NodeLostAt = null, Observed = null };
            }

            Assert.Null(RunDecision.Decide(again).Status);
        }

        // The first minute is never shortened, whoever computes it and however often.
        private void Retries(AgentRunStatus? before)
        {
            Assert.InRange(_run.Status!.Retries?.Failures ?? 0, 0, 3);
            Assert.InRange(_run.Status.Retries?.NodeLost ?? 0, 0, 2);
            if (
                _run.LiveAttempt() is null
                || _run.Status.Attempt == before?.Attempt
                || before?.Attempts is not [.., { Reason: RunReason.AgentError or RunReason.Crashed } failed]
            )
            {
                return;
            }

            Assert.True(_now >= failed.EndTime + TimeSpan.FromMinutes(1), "The backoff was cut short.");
        }

        private void After(RunVerdict verdict)
        {
            var go = verdict.After.Where(w => w.State == DesiredState.Go).ToList();
            Assert.True(go.Count <= 1, "Two attempts are let go at once.");
            foreach (var desired in go)
            {
                var live = _run.LiveAttempt();
                Assert.Equal((live?.Node, live?.Attempt), (desired.Node, desired.Attempt));
                Assert.False(RunBudgets.IsUsedUp(_run), "An attempt is let go that has nothing to spend.");
                // An attempt never changes its node.
                Assert.True(
                    _let.Contains((desired.Node, desired.Attempt)) || !_let.Any(l => l.Attempt == desired.Attempt),
                    "An attempt is let go on two nodes."
                );
                _let.Add((desired.Node, desired.Attempt));
            }
            Assert.True(!_run.IsFinished() || go.Count == 0, "A run that is over is let go.");
            Assert.True(!_run.IsSuspended() || go.Count == 0, "A run that is suspended is let go.");
        }

        // Like the sink, refuse what is not on record.
        private void Report(Step step, AttemptStage stage, AttemptEnd? end)
        {
            var observation = new AttemptObservation
            {
                UID = RunCases.UID,
                Attempt = step.Attempt,
                Stage = stage,
                StartedAgoMs = stage >= AttemptStage.Running ? 5 : null,
                End = end,
            };
            var observed = ObservedAttempt.From($"node-{step.Node}", observation, _now);
            if (step.Detail % 5 == 0 || (_run.LiveAttempt() is { } live && live.Node == observed.Node && live.Attempt == observed.Attempt))
            {
                _observed = observed.Replaces(_observed) ? observed : _observed;
            }
        }

        private void Spec(AgentRunSpec spec) =>
            _run = _run with { Spec = spec, Metadata = _run.Metadata with { Generation = _run.Metadata.Generation + 1 } };
    }
}
