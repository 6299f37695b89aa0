using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Tests.Decisions;

/// <summary>
/// Statuses that the API server accepts but this operator never writes: someone has a right on agentruns/status who should not. Such a
/// status may cost its own run, but it must not throw in a pass over all runs, and must not send a node anything that the node refuses.
/// </summary>
public sealed class HostileRecordTests
{
    private static readonly string[] Times =
    [
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2026-01-01T12:00:00Z",
        "9999-12-31T23:59:59.9999999Z",
    ];

    private static readonly AgentRunSpec Spec = new()
    {
        Prompt = "hello",
        Timeout = new GoDuration("24h"),
        TtlAfterFinished = new GoDuration("8760h"),
        DeleteAfterFinished = new GoDuration("8760h"),
        Retries = new RetrySpec
        {
            Limit = 10,
            Reasons = ["Crashed"],
            Backoff = new GoDuration("1h"),
            NodeLost = 10,
        },
        Budget = new BudgetSpec { MaxTokens = 100, MaxCostUSD = "1" },
    };

    public static TheoryData<string, int, bool, string> Records()
    {
        TheoryData<string, int, bool, string> data = [];
        foreach (var time in Times)
        {
            foreach (var attempt in (int[])[int.MinValue, 0, 1, int.MaxValue])
            {
                foreach (var end in (string[])["", .. Times])
                {
                    data.Add(time, attempt, end.Length > 0, end);
                }
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void AnyRecord_IsDecidedAndSendsOnlyValidMessages(string time, int attempt, bool ended, string end)
    {
        foreach (var finished in (bool[])[false, true])
        {
            foreach (var reason in (RunReason?[])[null, RunReason.Crashed, RunReason.NodeLost, RunReason.NodeUnfit])
            {
                Play(Record(Time(time), attempt, ended ? Time(end) : null, finished, reason));
            }
        }
    }

    [Fact]
    public void RemainingTime_RecordedDeadlineIsTooLate_IsTheTimeout()
    {
        var run = RunCases.Scheduled(new AgentRunSpec { Prompt = "hello", Timeout = new GoDuration("10s") });
        run = run with { Status = run.Status! with { Deadline = DateTimeOffset.MaxValue } };

        var message = AttemptMessages.Build(run, new("node-1", 1, DesiredState.Hold), null, RunCases.T0, RunCases.Options);

        Assert.Equal(11_000, message.RemainingMs);
    }

    private static AgentRun Record(DateTimeOffset time, int attempt, DateTimeOffset? end, bool finished, RunReason? reason) =>
        RunCases.Run(Spec) with
        {
            Status = new AgentRunStatus
            {
                NodeName = "node-1",
                Attempt = attempt,
                StartTime = time,
                Deadline = time,
                CompletionTime = time,
                Attempts =
                [
                    new RunAttempt
                    {
                        Attempt = attempt,
                        Node = "node-1",
                        StartTime = time,
                        EndTime = end,
                        Reason = reason,
                        CostUSD = "99999999999999999999999999999999",
                    },
                ],
                Retries = new RetryCounts { Failures = 9, NodeLost = 9 },
                Budget = new BudgetUse { Tokens = -1, CostUSD = "79228162514264337593543950335" },
                Usage = new RunUsage
                {
                    CostUSD = "79228162514264337593543950335",
                    InputTokens = long.MaxValue,
                    Turns = int.MaxValue,
                },
                Conditions = finished
                    ?
                    [
                        new Condition
                        {
                            Type = RunConditions.Succeeded,
                            Status = ConditionStatus.False,
                            Reason = "X",
                            LastTransitionTime = time,
                        },
                    ]
                    : [],
            },
        };

    private static void Play(AgentRun run)
    {
        foreach (var now in Times.Select(Time))
        {
            foreach (
                var observed in (ObservedAttempt?[])
                    [
                        null,
                        RunCases.Seen(AttemptStage.Running, run.Status!.Attempt!.Value),
                        RunCases.Ended(RunReason.Crashed, run.Status.Attempt.Value),
                    ]
            )
            {
                var verdict = RunDecision.Decide(
                    RunCases.Snapshot(run, RunCases.T0) with
                    {
                        Now = now,
                        Observed = observed,
                        NodeLostAt = RunCases.T0,
                    }
                );
                if (run.Status.Attempt is > 0 && verdict.Status?.Attempts is { } attempts)
                {
                    Assert.All(attempts, a => Assert.True(a.Attempt > 0));
                }

                foreach (var desired in verdict.Before.Concat(verdict.After))
                {
                    AttemptMessages.Build(
                        verdict.Status is { } status ? run with { Status = status } : run,
                        desired,
                        null,
                        now,
                        RunCases.Options
                    );
                }
            }
            foreach (var desired in DesiredAttemptStates.Of(run, now, RunCases.Options))
            {
                AttemptMessages.Build(run, desired, null, now, RunCases.Options);
            }

            Assert.True(run.NextAttempt() > 0);
        }
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
