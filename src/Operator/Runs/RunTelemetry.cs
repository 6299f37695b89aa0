using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Stores;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Counts and traces what a stored status changes. The status is written by compare-and-swap, so each change is seen once.
/// </summary>
internal sealed class RunTelemetry(RunMetrics metrics, TimeProvider clock)
{
    /// <summary>A status was stored.</summary>
    /// <param name="before">The run before.</param>
    /// <param name="stored">The run as it is stored.</param>
    /// <param name="began">When the write began.</param>
    public void Stored(AgentRun before, AgentRun stored, DateTimeOffset began)
    {
        var now = clock.GetUtcNow();
        if (before.Status?.Conditions is not { Count: > 0 })
        {
            metrics.Accepted();
        }

        foreach (var attempt in stored.Status?.Attempts ?? [])
        {
            var was = before.Status?.Attempts?.Find(known => known.Attempt == attempt.Attempt);
            if (was is null)
            {
                AttemptStarted(stored, attempt, began);
            }

            if (attempt.EndTime is not null && was is not { EndTime: not null })
            {
                metrics.AttemptEnded(before, stored, attempt.Reason);
                RunTraces.AttemptEnded(stored, attempt, now);
            }
        }

        if (stored.Status?.Attempt == 1 && IsStarted(stored) && !IsStarted(before))
        {
            metrics.AgentStarted(now - CreatedAt(stored, now));
        }

        if (stored.IsFinished() && !before.IsFinished())
        {
            metrics.Finished(stored, now - CreatedAt(stored, now));
            RunTraces.Finished(stored, now);
        }
    }

    private void AttemptStarted(AgentRun stored, RunAttempt attempt, DateTimeOffset began)
    {
        var isFirst = attempt.Attempt == 1;
        metrics.AttemptStarted(isFirst ? began - CreatedAt(stored, began) : null);
        if (isFirst)
        {
            RunTraces.Queued(stored, began);
        }
    }

    private static bool IsStarted(AgentRun run) => Conditions.IsTrue(run.Status?.Conditions, RunConditions.Started);

    private static DateTimeOffset CreatedAt(AgentRun run, DateTimeOffset now) => run.Metadata.CreationTimestamp ?? now;
}
