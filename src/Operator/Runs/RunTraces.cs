using System.Diagnostics;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Pricing;
using Stromboli.Operator.Stores;
using Stromboli.Operator.Telemetry;
using Stromboli.Telemetry.Traces;

namespace Stromboli.Operator.Runs;

/// <summary>
/// The operator's part of the trace of a run. The spans of run, queue and attempt are written when they are over, from what the status says,
/// so that a restart in between loses none. They cost nothing without a listener.
/// </summary>
internal static class RunTraces
{
    private static readonly ActivitySource Source = new(OperatorMetrics.TraceSource);

    /// <summary>This state of an attempt was sent to its node.</summary>
    public static void Sent(string uid, int attempt, DesiredState state)
    {
        if (Source.HasListeners())
        {
            Source.StartActivity($"send {state}", ActivityKind.Producer, RunTrace.AttemptContext(uid, attempt))?.Dispose();
        }
    }

    /// <summary>A node reported this stage of an attempt.</summary>
    public static void Observed(string uid, int attempt, AttemptStage stage)
    {
        if (Source.HasListeners())
        {
            Source.StartActivity($"observe {stage}", ActivityKind.Consumer, RunTrace.AttemptContext(uid, attempt))?.Dispose();
        }
    }

    /// <summary>The scheduler gave the run a node.</summary>
    public static void Scheduled(AgentRun run, string node, DateTimeOffset start, DateTimeOffset end)
    {
        if (RunTrace.IsOn)
        {
            RunTrace.Write(
                new RunSpan
                {
                    Name = "schedule",
                    Parent = RunTrace.RunContext(run.UID()),
                    Start = start,
                    End = end,
                    Tags = [(RunAttributes.Node, node)],
                }
            );
        }
    }

    /// <summary>A status is being written. The request to the API server is a child of the span.</summary>
    /// <returns>The span, to be disposed of when the write is over; null without a listener.</returns>
    public static Activity? StatusWrite(AgentRun next)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var uid = next.UID();
        var parent = next.LastAttempt()?.Attempt is { } attempt ? RunTrace.AttemptContext(uid, attempt) : RunTrace.RunContext(uid);
        return Source
            .StartActivity("write status", ActivityKind.Internal, parent)
            ?.SetTag(RunAttributes.Phase, RunPhases.Derive(next.Status?.Conditions).ToString())
            .SetTag(RunAttributes.Reason, next.Status?.Reason?.ToString());
    }

    /// <summary>The first attempt of a run is on record: the run no longer waits.</summary>
    public static void Queued(AgentRun run, DateTimeOffset until)
    {
        if (RunTrace.IsOn)
        {
            RunTrace.Write(
                new RunSpan
                {
                    Name = "queue",
                    Parent = RunTrace.RunContext(run.UID()),
                    Start = CreatedAt(run, until),
                    End = until,
                }
            );
        }
    }

    /// <summary>An attempt ended.</summary>
    public static void AttemptEnded(AgentRun run, RunAttempt attempt, DateTimeOffset end)
    {
        if (!RunTrace.IsOn || attempt.Attempt is not { } number)
        {
            return;
        }

        RunTrace.Write(
            new RunSpan
            {
                Name = "attempt",
                ID = RunTrace.AttemptSpanID(run.UID(), number),
                Parent = RunTrace.RunContext(run.UID()),
                Start = attempt.StartTime ?? end,
                End = end,
                Tags =
                [
                    (RunAttributes.RunUID, run.UID()),
                    (RunAttributes.Attempt, number),
                    (RunAttributes.Node, attempt.Node),
                    (RunAttributes.Reason, attempt.Reason?.ToString()),
                    (RunAttributes.CostUSD, (double?)Dollars.Parse(attempt.CostUSD)),
                ],
                Error = attempt.Reason == RunReason.Completed ? null : attempt.Reason?.ToString(),
            }
        );
    }

    /// <summary>A run ended. Its conditions become the events of its span.</summary>
    public static void Finished(AgentRun run, DateTimeOffset end)
    {
        if (!RunTrace.IsOn || run.Status is not { } status)
        {
            return;
        }

        var uid = run.UID();
        var phase = RunPhases.Derive(status.Conditions);
        RunTrace.Write(
            new RunSpan
            {
                Name = "run",
                ID = RunTrace.RunSpanID(uid),
                Parent = RunTrace.RootContext(uid),
                Kind = ActivityKind.Server,
                Start = CreatedAt(run, end),
                End = end,
                Tags =
                [
                    (RunAttributes.RunUID, uid),
                    (RunAttributes.Namespace, run.Metadata.Namespace),
                    (RunAttributes.RunName, run.Metadata.Name),
                    (RunAttributes.Phase, phase.ToString()),
                    (RunAttributes.Reason, status.Reason?.ToString()),
                    (RunAttributes.Attempt, status.Attempt),
                    (RunAttributes.Model, status.Model),
                    (RunAttributes.InputTokens, status.Usage?.InputTokens),
                    (RunAttributes.OutputTokens, status.Usage?.OutputTokens),
                    (RunAttributes.CostUSD, (double?)Dollars.Parse(status.Usage?.CostUSD)),
                ],
                Events = [.. (status.Conditions ?? []).Select(Event)],
                Error = phase == RunPhase.Failed ? status.Reason?.ToString() : null,
            }
        );
    }

    private static ActivityEvent Event(Condition condition) =>
        new(
            $"{condition.Type} {condition.Status}",
            condition.LastTransitionTime,
            new ActivityTagsCollection { [RunAttributes.Reason] = condition.Reason }
        );

    // The clocks of the API server and of this machine may differ.
    private static DateTimeOffset CreatedAt(AgentRun run, DateTimeOffset now) =>
        run.Metadata.CreationTimestamp is { } created && created < now ? created : now;
}
