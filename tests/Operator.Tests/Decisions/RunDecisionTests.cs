using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;
using Stromboli.Operator.Stores;
using static Stromboli.Operator.Tests.Decisions.RunCases;

namespace Stromboli.Operator.Tests.Decisions;

public sealed class RunDecisionTests
{
    [Fact]
    public void Decide_NewRun_AsksForSecretsThenForANode()
    {
        var bare = Snapshot(Run()) with { Inputs = null, Placement = null };
        Assert.Equal(RunNeed.Inputs, RunDecision.Decide(bare).Need);
        var verdict = RunDecision.Decide(bare with { Inputs = InputsThere });
        Assert.Equal(RunNeed.Placement, verdict.Need);
        Assert.Equal(
            (UID, "team", 1, 1000L),
            (verdict.Waiting!.UID, verdict.Waiting.Namespace, verdict.Waiting.Attempt, verdict.Waiting.CpuMillis)
        );
    }

    [Fact]
    public void Decide_NodeFree_AcceptsAndSchedulesInOneWrite()
    {
        var verdict = RunDecision.Decide(Snapshot(Run(), T0.AddMilliseconds(700)));
        var status = verdict.Status!;
        StatusRules.Check(Run() with { Status = status }, null);
        Assert.Equal((RunPhase.Preparing, "node-1", 1), (status.Phase, status.NodeName, status.Attempt));
        Assert.True(Conditions.IsTrue(status.Conditions, RunConditions.Accepted));
        Assert.True(Conditions.IsTrue(status.Conditions, RunConditions.Scheduled));
        Assert.Equal(T0, status.StartTime);
        Assert.Equal(T0, Assert.Single(status.Attempts!).StartTime);
        // Never earlier than promised, and at most a second later.
        Assert.Equal(T0.AddMinutes(30).AddSeconds(1), status.Deadline);
        Assert.Equal([new("node-1", 1, DesiredState.Hold)], verdict.Before);
        Assert.Equal([new("node-1", 1, DesiredState.Go)], verdict.After);
        Assert.Equal("Scheduled", Assert.Single(verdict.Events).Reason);
    }

    [Fact]
    public void Decide_FromStartToEnd_ThreeWritesAndThreeEvents()
    {
        var run = Run();
        List<string> events = [];
        var writes = 0;
        foreach (
            var observed in (ObservedAttempt?[])
                [
                    null,
                    Seen(AttemptStage.Preparing),
                    Seen(AttemptStage.Held),
                    Seen(AttemptStage.Running),
                    Seen(AttemptStage.Running),
                    Ended(RunReason.Completed),
                    Ended(RunReason.Completed),
                ]
        )
        {
            var verdict = RunDecision.Decide(Snapshot(run, T0.AddSeconds(writes)) with { Observed = observed });
            events.AddRange(verdict.Events.Select(e => e.Reason));
            if (verdict.Status is null)
            {
                continue;
            }

            writes++;
            var before = run.Status;
            run = run with { Status = verdict.Status };
            StatusRules.Check(run, before);
        }
        Assert.Equal(3, writes);
        Assert.Equal(["Scheduled", "Started", "Succeeded"], events);
        Assert.Equal(RunPhase.Succeeded, run.Status!.Phase);
    }

    [Fact]
    public void Decide_InvalidSpec_FailsNamingTheField()
    {
        var run = Run(new AgentRunSpec { Prompt = "hello", Timeout = new GoDuration("soon") });
        var verdict = RunDecision.Decide(Snapshot(run) with { Inputs = null, Placement = null });
        StatusRules.Check(run with { Status = verdict.Status }, null);
        Assert.Equal((RunPhase.Failed, RunReason.InvalidSpec), (verdict.Status!.Phase, verdict.Status.Reason));
        Assert.Contains("spec.timeout", verdict.Status.Message, StringComparison.Ordinal);
        Assert.Equal(ConditionStatus.False, verdict.Status.Condition(RunConditions.Accepted)!.Status);
        Assert.Empty(verdict.After);
        Assert.Equal("Failed", Assert.Single(verdict.Events).Reason);
    }

    [Fact]
    public void Decide_ExtraArgs_NeedTheOperatorsPermission()
    {
        var run = Run(
            new AgentRunSpec
            {
                Prompt = "hello",
                Agent = new AgentSpec { Claude = new ClaudeOptions { ExtraArgs = ["--brief"] } },
            }
        );
        var verdict = RunDecision.Decide(Snapshot(run) with { Inputs = null, Placement = null });
        StatusRules.Check(run with { Status = verdict.Status }, null);
        Assert.Equal((RunPhase.Failed, RunReason.PolicyDenied), (verdict.Status!.Phase, verdict.Status.Reason));
        Assert.Equal(["PolicyDenied", "Failed"], verdict.Events.Select(e => e.Reason));
        Assert.Equal(
            "spec.agent.claude.extraArgs is not allowed: remove it, or start the operator with --allow-extra-args.",
            verdict.Status.Message
        );
        Assert.Empty(verdict.Before);
        Assert.Empty(verdict.After);

        Assert.Equal(
            RunPhase.Preparing,
            RunDecision.Decide(Snapshot(run) with { Options = Options with { AllowExtraArgs = true } }).Status!.Phase
        );
        var none = Run(
            new AgentRunSpec
            {
                Prompt = "hello",
                Agent = new AgentSpec { Claude = new ClaudeOptions { ExtraArgs = [] } },
            }
        );
        Assert.Equal(RunPhase.Preparing, RunDecision.Decide(Snapshot(none)).Status!.Phase);
    }

    [Theory]
    [InlineData(null, 1024, null)]
    [InlineData(512, 1024, null)]
    [InlineData(1024, 1024, null)]
    [InlineData(
        1025,
        1024,
        "spec.resources.cpuShares 1025 exceeds the limit of 1024: request less, or start the operator with --max-cpu-shares 1025."
    )]
    [InlineData(
        262_144,
        1024,
        "spec.resources.cpuShares 262144 exceeds the limit of 1024: request less, or start the operator with --max-cpu-shares 262144."
    )]
    [InlineData(4096, 4096, null)]
    public void Decide_CpuShares_AreNoMoreThanTheOperatorAllows(int? shares, int most, string? denial)
    {
        var run = Run(
            new AgentRunSpec
            {
                Prompt = "hello",
                Resources = new ResourceSpec { CpuShares = shares },
            }
        );
        var verdict = RunDecision.Decide(Snapshot(run) with { Options = Options with { MaxCpuShares = most } });
        StatusRules.Check(run with { Status = verdict.Status }, null);
        Assert.Equal(denial is null ? RunPhase.Preparing : RunPhase.Failed, verdict.Status!.Phase);
        if (denial is not null)
        {
            Assert.Equal((RunReason.PolicyDenied, denial), (verdict.Status.Reason, verdict.Status.Message));
        }
    }

    [Fact]
    public void Decide_EveryNodeDeniesWhatItWants_FailsWithoutANode()
    {
        var snapshot = Snapshot(Run()) with { Placement = Placement.Fails(RunReason.VolumeDenied, "It is not allowed.") };
        var verdict = RunDecision.Decide(snapshot);
        StatusRules.Check(Run() with { Status = verdict.Status }, null);
        Assert.Equal(
            (RunPhase.Failed, RunReason.VolumeDenied, "It is not allowed."),
            (verdict.Status!.Phase, verdict.Status.Reason, verdict.Status.Message)
        );
        Assert.Null(verdict.Status.NodeName);
        Assert.Empty(verdict.Before);
        Assert.Empty(verdict.After);
        Assert.Equal("Failed", Assert.Single(verdict.Events).Reason);
    }

    [Theory]
    [InlineData(RunReason.SecretNotFound)]
    [InlineData(RunReason.SecretNotAllowed)]
    public void Decide_SecretMissing_WaitsAndLooksAgain(RunReason reason)
    {
        var snapshot = Snapshot(Run()) with
        {
            Inputs = new InputCheck { Reason = reason, Message = "Waiting for Secret \"model\": not found." },
            Placement = null,
        };
        var verdict = RunDecision.Decide(snapshot);
        StatusRules.Check(Run() with { Status = verdict.Status }, null);
        Assert.Equal(
            (RunPhase.Pending, reason, "Waiting for Secret \"model\": not found."),
            (verdict.Status!.Phase, verdict.Status.Reason, verdict.Status.Message)
        );
        Assert.False(Conditions.IsTrue(verdict.Status.Conditions, RunConditions.Accepted));
        Assert.Equal(T0 + Options.Inputs.PollInterval, verdict.LookAgain);
        Assert.Empty(verdict.Events);
        var later = RunDecision.Decide(snapshot with { Now = T0.AddHours(1) });
        Assert.Equal(T0.AddHours(1) + Options.Inputs.PollIntervalMax, later.LookAgain);
    }

    [Theory]
    [InlineData(RunReason.NoNodeMatches, RunPhase.Pending)]
    [InlineData(RunReason.WaitingForNode, RunPhase.Pending)]
    [InlineData(RunReason.LimitsNotEnforceable, RunPhase.Pending)]
    [InlineData(RunReason.Queued, RunPhase.Queued)]
    public void Decide_NotPlaced_WaitsWithReasonAndMessage(RunReason reason, RunPhase phase)
    {
        var placement = reason == RunReason.Queued ? Placement.Queued(1, "Full.") : Placement.Waits(reason, "Full.");
        var snapshot = Snapshot(Run()) with { Placement = placement };
        var verdict = RunDecision.Decide(snapshot);
        var run = Run() with { Status = verdict.Status };
        StatusRules.Check(run, null);
        Assert.Equal((phase, reason, "Full."), (verdict.Status!.Phase, verdict.Status.Reason, verdict.Status.Message));
        Assert.True(Conditions.IsTrue(verdict.Status.Conditions, RunConditions.Accepted));
        Assert.Equal(reason == RunReason.Queued ? 1 : null, verdict.Status.QueuePosition);
        Assert.Null(run.Next(now: T0.AddMinutes(1)).Status!.QueuePosition);
        Assert.Null(verdict.LookAgain);
        Assert.Null(RunDecision.Decide(snapshot with { Run = run, Now = T0.AddMinutes(1) }).Status);
    }

    [Theory]
    [InlineData(50, 60, 50)]
    [InlineData(50, 9, 9)]
    [InlineData(3, 12, 12)]
    public void Decide_QueuedFarBehind_KeepsThePositionItWasGiven(int said, int now, int shown)
    {
        var waiting = Run().Next(s => s with { Placement = Placement.Queued(said, "Full.") });
        Assert.Equal(shown, waiting.Next(s => s with { Placement = Placement.Queued(now, "Full.") }).Status!.QueuePosition);
    }

    [Fact]
    public void Decide_WaitedAndThenPlaced_KeepsTheAcceptance()
    {
        var waiting = Run().Next(s => s with { Placement = Placement.Waits(RunReason.WaitingForNode, "None.") });
        var placed = waiting.Next(now: T0.AddMinutes(5));
        StatusRules.Check(placed, waiting.Status);
        Assert.Equal(T0, placed.Status.Condition(RunConditions.Accepted)!.LastTransitionTime);
        Assert.Equal(T0.AddMinutes(5), placed.Status.Condition(RunConditions.Scheduled)!.LastTransitionTime);
        Assert.Null(placed.Status!.Reason);
    }

    [Fact]
    public void Decide_SameSnapshotTwice_WritesOnce()
    {
        var run = Running();
        Assert.Null(RunDecision.Decide(Snapshot(run, T0.AddMinutes(3)) with { Observed = Seen(AttemptStage.Running) }).Status);
        Assert.Null(RunDecision.Decide(Snapshot(run, T0.AddMinutes(3)) with { Observed = Seen(AttemptStage.Preparing) }).Status);
    }

    [Fact]
    public void Decide_Ended_CopiesTheBridgesReport()
    {
        var end = new AttemptEnd
        {
            Reason = RunReason.AgentError,
            Message = "The command ended with the exit code 3.",
            EndedAgoMs = 0,
            ExitCode = 3,
            Result = new RunResult
            {
                Text = "out",
                Bytes = 3,
                Sha256 = "ab",
            },
            Usage = new AttemptUsage
            {
                InputTokens = 10,
                OutputTokens = 5,
                CacheReadTokens = 2,
                CacheCreationTokens = 1,
                CostUSD = 0.0150m,
                Turns = 2,
                DurationMs = 4000,
                ApiDurationMs = 1500,
                PermissionDenials = 1,
            },
            SessionID = UID,
            Model = "claude-x",
        };
        var verdict = RunDecision.Decide(Snapshot(Running(), T0.AddSeconds(6)) with { Observed = Ended(RunReason.AgentError, end: end) });
        var status = verdict.Status!;
        StatusRules.Check(Run() with { Status = status }, Running().Status);
        Assert.Equal((RunPhase.Failed, RunReason.AgentError, 3), (status.Phase, status.Reason, status.ExitCode));
        Assert.Equal(("out", UID, "claude-x"), (status.Result!.Text, status.SessionID, status.Model));
        Assert.Equal(
            (18L, "0.015", 2, "4s", "1.5s"),
            (
                status.Usage!.TotalTokens!.Value,
                status.Usage.CostUSD,
                status.Usage.Turns,
                status.Usage.Duration!.Value.Text,
                status.Usage.ApiDuration!.Value.Text
            )
        );
        Assert.Equal((T0.AddSeconds(5), "5s"), (status.CompletionTime, status.Duration!.Value.Text));
        var attempt = Assert.Single(status.Attempts!);
        Assert.Equal(
            (RunReason.AgentError, 3, "0.015", T0.AddSeconds(5)),
            (attempt.Reason, attempt.ExitCode, attempt.CostUSD, attempt.EndTime)
        );
        Assert.Equal([new("node-1", 1, DesiredState.Collected)], verdict.After);
        Assert.Equal(T0.AddSeconds(5).AddHours(24), verdict.LookAgain);
        Assert.Equal(["Failed"], verdict.Events.Select(e => e.Reason));
    }

    [Fact]
    public void Decide_EndReportedBeforeStart_StoresBothInOneWrite()
    {
        var verdict = RunDecision.Decide(Snapshot(Scheduled(), T0.AddSeconds(6)) with { Observed = Ended(RunReason.Completed) });
        StatusRules.Check(Run() with { Status = verdict.Status }, Scheduled().Status);
        Assert.True(Conditions.IsTrue(verdict.Status!.Conditions, RunConditions.Started));
        Assert.Equal(["Started", "Succeeded"], verdict.Events.Select(e => e.Reason));
    }

    [Fact]
    public void Decide_EndedWithoutAStart_IsNotStarted()
    {
        var verdict = RunDecision.Decide(
            Snapshot(Scheduled(), T0.AddSeconds(6)) with
            {
                Observed = Ended(RunReason.ImagePullFailed, started: false),
            }
        );
        var started = verdict.Status.Condition(RunConditions.Started)!;
        Assert.Equal((ConditionStatus.False, "ImagePullFailed"), (started.Status, started.Reason));
        Assert.Equal(["Failed"], verdict.Events.Select(e => e.Reason));
    }

    [Theory]
    [InlineData(2, "node-1")]
    [InlineData(1, "node-2")]
    public void Decide_ReportOfAnotherAttemptOrNode_IsIgnored(int attempt, string node)
    {
        var verdict = RunDecision.Decide(
            Snapshot(Running(), T0.AddSeconds(6)) with
            {
                Observed = Ended(RunReason.Completed, attempt, node),
            }
        );
        Assert.Null(verdict.Status);
        Assert.Equal([new("node-1", 1, DesiredState.Go)], verdict.After);
    }

    [Fact]
    public void Decide_EndReportedBeforeTheStartByABrokenClock_IsNeverBeforeStartTime()
    {
        var verdict = RunDecision.Decide(
            Snapshot(Running(), T0.AddSeconds(6)) with
            {
                Observed = Ended(RunReason.Completed, at: T0.AddDays(-1)),
            }
        );
        StatusRules.Check(Run() with { Status = verdict.Status }, Running().Status);
        Assert.Equal(T0, verdict.Status!.CompletionTime);
    }

    [Fact]
    public void Decide_EndWithAReasonToWait_Fails()
    {
        var verdict = RunDecision.Decide(Snapshot(Running(), T0.AddSeconds(6)) with { Observed = Ended(RunReason.Queued) });
        Assert.Equal((RunPhase.Failed, RunReason.AgentError), (verdict.Status!.Phase, verdict.Status.Reason));
    }

    [Fact]
    public void Decide_ReportBeyondTheBounds_IsCutSoThatItCanBeStored()
    {
        var end = new AttemptEnd
        {
            Reason = RunReason.Crashed,
            Message = new string('m', 10_000),
            EndedAgoMs = 0,
            ExitCode = -7,
            Signal = new string('s', 1000),
            Model = new string('x', 1000),
            Result = new RunResult
            {
                Text = new string('é', 40_000),
                Sha256 = new string('0', 100),
                Bytes = -1,
            },
            Usage = new AttemptUsage
            {
                InputTokens = long.MaxValue,
                OutputTokens = long.MaxValue,
                CostUSD = decimal.MaxValue,
                Turns = -5,
                DurationMs = long.MaxValue,
            },
        };
        var status = RunDecision
            .Decide(Snapshot(Running(), T0.AddSeconds(6)) with { Observed = Ended(RunReason.Crashed, end: end) })
            .Status!;
        Assert.Equal(StatusLimits.Message, status.Message!.Length);
        Assert.Equal((StatusLimits.Word, RunLimits.ModelName), (status.Signal!.Length, status.Model!.Length));
        Assert.Null(status.ExitCode);
        Assert.Equal(16 * 1024, System.Text.Encoding.UTF8.GetByteCount(status.Result!.Text!));
        Assert.True(status.Result.Truncated);
        Assert.Equal((64, 0L), (status.Result.Sha256!.Length, status.Result.Bytes));
        Assert.Equal((long.MaxValue, 0), (status.Usage!.TotalTokens, status.Usage.Turns));
    }

    [Fact]
    public void Decide_CancelBeforeARecord_IsCancelledAtOnce()
    {
        var run = Run(new AgentRunSpec { Prompt = "hello", Cancel = true });
        var verdict = RunDecision.Decide(Snapshot(run) with { Inputs = null, Placement = null });
        StatusRules.Check(run with { Status = verdict.Status }, null);
        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), (verdict.Status!.Phase, verdict.Status.Reason));
        Assert.Empty(verdict.Before);
        Assert.Empty(verdict.After);
        Assert.Equal("Cancelled", Assert.Single(verdict.Events).Reason);
    }

    [Fact]
    public void Decide_CancelWhileRunning_StopsAtOnceAndWaitsForTheBridge()
    {
        var run = Cancel(Running());
        var verdict = RunDecision.Decide(Snapshot(run, T0.AddSeconds(10)) with { Observed = Seen(AttemptStage.Running) });
        StatusRules.Check(run with { Status = verdict.Status }, run.Status);
        Assert.Equal(RunPhase.Running, verdict.Status!.Phase);
        Assert.Equal([new("node-1", 1, DesiredState.Stop, StopCause.Cancelled)], verdict.Before);
        Assert.Empty(verdict.Events);

        var ended = RunDecision.Decide(
            Snapshot(run with { Status = verdict.Status }, T0.AddSeconds(11)) with
            {
                Observed = Ended(RunReason.Cancelled),
            }
        );
        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), (ended.Status!.Phase, ended.Status.Reason));
        Assert.Equal(["Cancelled"], ended.Events.Select(e => e.Reason));
    }

    [Fact]
    public void Decide_CancelAndCompletionRace_TheBridgesCauseIsCopied()
    {
        var run = Cancel(Running());
        var verdict = RunDecision.Decide(Snapshot(run, T0.AddSeconds(10)) with { Observed = Ended(RunReason.Completed) });
        Assert.Equal((RunPhase.Succeeded, RunReason.Completed), (verdict.Status!.Phase, verdict.Status.Reason));
    }

    [Fact]
    public void Decide_CancelWithTheNodeAway_StaysReconcilingUntilTheLeaseIsOver()
    {
        var run = Cancel(Running());
        var away = Snapshot(run, T0.AddMinutes(1)) with { NodeLostAt = T0.AddMinutes(2) };
        var verdict = RunDecision.Decide(away);
        Assert.True(Conditions.IsTrue(verdict.Status!.Conditions, RunConditions.Reconciling));
        Assert.Equal(T0.AddMinutes(2), verdict.LookAgain);

        var lost = RunDecision.Decide(away with { Run = run with { Status = verdict.Status }, Now = T0.AddMinutes(2) });
        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), (lost.Status!.Phase, lost.Status.Reason));
        Assert.Equal(RunReason.NodeLost, Assert.Single(lost.Status.Attempts!).Reason);
    }

    [Fact]
    public void Decide_NodeLostNotBeforeItsTime()
    {
        var snapshot = Snapshot(Running(), T0.AddMinutes(10)) with { NodeLostAt = T0.AddMinutes(10).AddTicks(1) };
        Assert.Null(RunDecision.Decide(snapshot).Status);
        Assert.NotNull(RunDecision.Decide(snapshot with { NodeLostAt = T0.AddMinutes(10) }).Status);
    }

    [Fact]
    public void Decide_NodeLost_NextAttemptElsewhereInTheSameWrite()
    {
        var run = Running();
        var snapshot = Snapshot(run, T0.AddMinutes(10)) with { NodeLostAt = T0.AddMinutes(10), Placement = null, Inputs = InputsThere };
        var asked = RunDecision.Decide(snapshot);
        Assert.Equal((RunNeed.Placement, 2, "node-1"), (asked.Need, asked.Waiting!.Attempt, asked.Waiting.Avoid));

        var verdict = RunDecision.Decide(snapshot with { Placement = Placement.On("node-2") });
        var next = run with { Status = verdict.Status };
        StatusRules.Check(next, run.Status);
        Assert.Equal((RunPhase.Preparing, "node-2", 2), (next.Status!.Phase, next.Status.NodeName, next.Status.Attempt));
        Assert.Equal((RunReason.NodeLost, T0.AddMinutes(10)), (next.Status.Attempts![0].Reason, next.Status.Attempts[0].EndTime));
        Assert.Equal(T0, next.Status.StartTime);
        Assert.Equal(T0.AddMinutes(40), next.Status.Deadline);
        Assert.False(Conditions.IsTrue(next.Status.Conditions, RunConditions.Started));
        Assert.Equal([new("node-2", 2, DesiredState.Hold)], verdict.Before);
        Assert.Equal([new("node-1", 1, DesiredState.Absent), new("node-2", 2, DesiredState.Go)], verdict.After);
        Assert.Equal(["NodeLost", "Retrying", "Scheduled"], verdict.Events.Select(e => e.Reason));

        // Reports of the old attempt are ignored.
        Assert.Null(RunDecision.Decide(Snapshot(next, T0.AddMinutes(11)) with { Observed = Ended(RunReason.Completed) }).Status);
    }

    [Fact]
    public void Decide_NodeLostWithNoOther_WaitsWithTheAttemptEnded()
    {
        var waiting = Running()
            .Next(s => s with { NodeLostAt = s.Now, Placement = Placement.Waits(RunReason.WaitingForNode, "None.") }, T0.AddMinutes(10));
        StatusRules.Check(waiting, Running().Status);
        Assert.Equal(
            (RunPhase.Pending, RunReason.WaitingForNode, 1),
            (waiting.Status!.Phase, waiting.Status.Reason, waiting.Status.Attempt)
        );
        Assert.Equal([new("node-1", 1, DesiredState.Absent)], DesiredAttemptStates.Of(waiting, T0.AddMinutes(10), Options));
        var placed = waiting.Next(s => s with { Placement = Placement.On("node-2") }, T0.AddMinutes(12));
        Assert.Equal((2, "node-2"), (placed.Status!.Attempt, placed.Status.NodeName));
        Assert.Equal(2, placed.Status.Attempts!.Count);
    }

    [Fact]
    public void Decide_BridgeReportsThatItsLeaseWasOver_IsNodeLostToo()
    {
        var next = Running()
            .Next(s => s with { Observed = Ended(RunReason.NodeLost), Placement = Placement.On("node-2") }, T0.AddMinutes(1));
        Assert.Equal((2, "node-2"), (next.Status!.Attempt, next.Status.NodeName));
    }

    [Fact]
    public void Decide_NodeUnfit_NextAttemptElsewhereAtOnceAndCountedAsALostNode()
    {
        var run = Scheduled(
            new AgentRunSpec
            {
                Prompt = "hello",
                Budget = new BudgetSpec { MaxTokens = 1000 },
            }
        );
        var unfit = new AttemptEnd
        {
            Reason = RunReason.NodeUnfit,
            Message = "crun: no cgroup\n.",
            EndedAgoMs = 0,
        };
        var snapshot = Snapshot(run, T0.AddMinutes(1)) with
        {
            Observed = Ended(RunReason.NodeUnfit, end: unfit),
            Placement = null,
            Inputs = InputsThere,
        };
        var asked = RunDecision.Decide(snapshot);
        Assert.Equal((RunNeed.Placement, 2, "node-1"), (asked.Need, asked.Waiting!.Attempt, asked.Waiting.Avoid));

        var verdict = RunDecision.Decide(snapshot with { Placement = Placement.On("node-2") });
        var next = run with { Status = verdict.Status };
        StatusRules.Check(next, run.Status);
        Assert.Equal((RunPhase.Preparing, "node-2", 2), (next.Status!.Phase, next.Status.NodeName, next.Status.Attempt));
        Assert.Equal(
            (RunReason.NodeUnfit, 1, null),
            (next.Status.Attempts![0].Reason, next.Status.Retries!.NodeLost, next.Status.Retries.Failures)
        );
        Assert.Equal(["NodeUnfit", "Retrying", "Scheduled"], verdict.Events.Select(e => e.Reason));
        Assert.DoesNotContain(verdict.Events, e => e.Note.Any(char.IsControl));

        // The second node cannot run it either, and the only retry is used up.
        var end = next.Next(
            s => s with { Observed = Ended(RunReason.NodeUnfit, 2, "node-2", T0.AddMinutes(2), end: unfit) },
            T0.AddMinutes(2)
        );
        StatusRules.Check(end, next.Status);
        Assert.Equal((RunPhase.Failed, RunReason.NodeUnfit, 2), (end.Status!.Phase, end.Status.Reason, end.Status.Attempt));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(10, 11)]
    public void Decide_NodeLostAgainAndAgain_FailsAfterTheRetries(int retries, int attempts)
    {
        var run = Scheduled(
            new AgentRunSpec
            {
                Prompt = "hello",
                Retries = new RetrySpec { NodeLost = retries },
            }
        );
        var now = T0;
        for (var i = 0; i < 20 && !run.IsFinished(); i++)
        {
            now = now.AddMinutes(10);
            var before = run.Status;
            run = run.Next(s => s with { NodeLostAt = s.Now, Placement = Placement.On($"node-{i}") }, now);
            StatusRules.Check(run, before);
        }
        Assert.Equal((RunPhase.Failed, RunReason.NodeLost, attempts), (run.Status!.Phase, run.Status.Reason, run.Status.Attempt));
    }

    [Fact]
    public void Decide_UsageOfAttempts_AddsUp()
    {
        var lost = new AttemptEnd
        {
            Reason = RunReason.NodeLost,
            Message = "Lease over.",
            EndedAgoMs = 0,
            Usage = new AttemptUsage { InputTokens = 3, CostUSD = 0.1m },
        };
        var second = Running()
            .Next(s => s with { Observed = Ended(RunReason.NodeLost, end: lost), Placement = Placement.On("node-2") }, T0.AddMinutes(1));
        Assert.Equal("0.1", second.Status!.Attempts![0].CostUSD);
        var end = new AttemptEnd
        {
            Reason = RunReason.Completed,
            Message = "",
            EndedAgoMs = 0,
            Usage = new AttemptUsage { InputTokens = 4, CostUSD = 0.2m },
        };
        var done = second.Next(
            s => s with { Observed = Ended(RunReason.Completed, 2, "node-2", T0.AddMinutes(2), end: end) },
            T0.AddMinutes(2)
        );
        Assert.Equal((7L, 7L, "0.3"), (done.Status!.Usage!.InputTokens, done.Status.Usage.TotalTokens, done.Status.Usage.CostUSD));
    }

    [Fact]
    public void Decide_FinishedRunIsEdited_StoresItsGenerationAndStartsNothing()
    {
        var done = Running().Next(s => s with { Observed = Ended(RunReason.Completed) }, T0.AddSeconds(6));
        var edited = done with
        {
            Metadata = done.Metadata with { Generation = 2 },
            Spec = done.Spec! with { TtlAfterFinished = new GoDuration("1h"), Cancel = true },
        };
        var verdict = RunDecision.Decide(Snapshot(edited, T0.AddMinutes(5)));
        StatusRules.Check(edited with { Status = verdict.Status }, done.Status);
        Assert.Equal(
            done.Status!.Condition(RunConditions.Ready)!.LastTransitionTime,
            verdict.Status.Condition(RunConditions.Ready)!.LastTransitionTime
        );
        Assert.Empty(verdict.Events);
        Assert.Equal([new("node-1", 1, DesiredState.Collected)], verdict.After);
        Assert.Equal(T0.AddSeconds(5).AddHours(1), verdict.LookAgain);
    }

    [Fact]
    public void Decide_TtlIsOver_NothingStaysOnTheNodeAndTheObjectDoes()
    {
        var done = Running().Next(s => s with { Observed = Ended(RunReason.Completed) }, T0.AddSeconds(6));
        var verdict = RunDecision.Decide(Snapshot(done, T0.AddHours(25)));
        Assert.Null(verdict.Status);
        Assert.Null(verdict.LookAgain);
        Assert.Equal([new("node-1", 1, DesiredState.Absent)], verdict.After);
    }

    [Fact]
    public void Decide_DeleteAfterFinished_IsDeletedOnceDueAndNotBefore()
    {
        var done = Running().Next(s => s with { Observed = Ended(RunReason.Completed) }, T0.AddSeconds(6));
        var asked = done with { Spec = done.Spec! with { DeleteAfterFinished = new GoDuration("1h") } };
        var before = RunDecision.Decide(Snapshot(asked, T0.AddMinutes(5)));
        var due = RunDecision.Decide(Snapshot(asked, T0.AddSeconds(5).AddHours(1)));
        Assert.Equal((false, T0.AddSeconds(5).AddHours(1)), (before.Delete, before.LookAgain));
        Assert.True(due.Delete);
        Assert.Null(due.Status);
        Assert.Empty(due.After);
        Assert.False(RunDecision.Decide(Snapshot(done, T0.AddHours(25))).Delete);
    }

    [Fact]
    public void Decide_DeleteAfterFinished_DoesNotEndARun()
    {
        var run = Running();
        Assert.False(
            RunDecision
                .Decide(
                    Snapshot(run with { Spec = run.Spec! with { DeleteAfterFinished = new GoDuration("0s") } }, T0.AddMinutes(1)) with
                    {
                        Observed = Seen(AttemptStage.Running),
                    }
                )
                .Delete
        );
    }

    [Fact]
    public void Decide_DeleteAfterFinishedBeforeTheTtl_LooksAgainAtTheEarlierTime()
    {
        var run = Running() with
        {
            Spec = new AgentRunSpec { Prompt = "hello", DeleteAfterFinished = new GoDuration("0s") },
        };
        var verdict = RunDecision.Decide(Snapshot(run, T0.AddSeconds(6)) with { Observed = Ended(RunReason.Completed) });
        Assert.NotNull(verdict.Status);
        Assert.Equal(T0.AddSeconds(5), verdict.LookAgain);
    }

    [Fact]
    public void Decide_EditWhileRunning_RestampsWithoutATransition()
    {
        var run = Running();
        var edited = run with { Metadata = run.Metadata with { Generation = 2 }, Spec = run.Spec! with { Priority = 3 } };
        var verdict = RunDecision.Decide(Snapshot(edited, T0.AddMinutes(1)) with { Observed = Seen(AttemptStage.Running) });
        StatusRules.Check(edited with { Status = verdict.Status }, run.Status);
        Assert.Equal(
            run.Status!.Conditions!.Select(c => c.LastTransitionTime),
            verdict.Status!.Conditions!.Select(c => c.LastTransitionTime)
        );
        Assert.Empty(verdict.Events);
    }

    [Fact]
    public void Decide_BeingDeleted_IsStoppedAtOnce()
    {
        var run = Delete(Running());
        var verdict = RunDecision.Decide(Snapshot(run, T0.AddMinutes(1)));
        Assert.Equal([new("node-1", 1, DesiredState.Stop, StopCause.Cancelled)], verdict.Before);
        Assert.Equal(
            (RunPhase.Running, "The run is being deleted; stopping its agent on node-1."),
            (verdict.Status!.Phase, verdict.Status.Message)
        );
        Assert.True(SessionQueue.Keeps(run with { Status = verdict.Status }));
    }

    [Fact]
    public void Decide_BeingDeletedAndStopped_IsCancelledAndNothingStaysOnItsNode()
    {
        var run = Delete(Running()).Next(now: T0.AddMinutes(1));
        var verdict = RunDecision.Decide(
            Snapshot(run, T0.AddMinutes(2)) with
            {
                Observed = Ended(RunReason.Cancelled, at: T0.AddMinutes(2)),
            }
        );
        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), (verdict.Status!.Phase, verdict.Status.Reason));
        Assert.Equal([new("node-1", 1, DesiredState.Absent)], verdict.After);
        var ended = run with { Status = verdict.Status };
        Assert.False(SessionQueue.Keeps(ended));
        var again = RunDecision.Decide(Snapshot(ended, T0.AddMinutes(3)));
        Assert.Equal((null, false, null), (again.Status, again.Delete, again.LookAgain));
    }

    [Fact]
    public void Decide_BeingDeletedWhileItWaits_IsCancelledWithoutAnAttempt()
    {
        var verdict = RunDecision.Decide(Snapshot(Delete(Run())));
        Assert.Equal((RunPhase.Cancelled, null), (verdict.Status!.Phase, verdict.Status.NodeName));
        Assert.Empty(verdict.Before.Concat(verdict.After));
    }

    // Neither a retry nor a lost node leads to another attempt.
    [Fact]
    public void Decide_BeingDeletedAndFailedOrLost_IsNotRetried()
    {
        var run = Delete(
            Running(
                new AgentRunSpec
                {
                    Prompt = "hello",
                    Retries = new RetrySpec { Limit = 3 },
                }
            )
        );
        var crashed = RunDecision.Decide(Snapshot(run, T0.AddMinutes(1)) with { Observed = Ended(RunReason.Crashed) });
        Assert.Equal((RunPhase.Failed, RunReason.Crashed), (crashed.Status!.Phase, crashed.Status.Reason));
        var lost = RunDecision.Decide(Snapshot(run, T0.AddMinutes(20)) with { NodeLostAt = T0.AddMinutes(19) });
        Assert.Equal((RunPhase.Cancelled, 1), (lost.Status!.Phase, lost.Status.Attempts!.Count));
    }

    [Fact]
    public void Decide_BeingDeletedAfterItsEnd_FreesItsNodeAndDeletesNothing()
    {
        var spec = new AgentRunSpec { Prompt = "hello", DeleteAfterFinished = new GoDuration("0s") };
        var done = Delete(Running(spec).Next(s => s with { Observed = Ended(RunReason.Completed) }, T0.AddSeconds(6)));
        var verdict = RunDecision.Decide(Snapshot(done, T0.AddMinutes(1)));
        Assert.False(verdict.Delete);
        Assert.Equal([new("node-1", 1, DesiredState.Absent)], verdict.After);
    }

    private static AgentRun Delete(AgentRun run) =>
        run with
        {
            Metadata = run.Metadata with { DeletionTimestamp = T0.AddSeconds(2), Finalizers = ["example.com/audit"] },
        };

    private static AgentRun Cancel(AgentRun run) =>
        run with
        {
            Metadata = run.Metadata with { Generation = 2 },
            Spec = run.Spec! with { Cancel = true },
        };
}
