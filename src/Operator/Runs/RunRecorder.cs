using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Runs;

/// <summary>Stores the status of a run, records its Events, and releases what the stored status no longer needs.</summary>
internal sealed partial class RunRecorder(
    RunStatusWriter writer,
    RunRemoval removal,
    RunQueue queue,
    Observations observations,
    RunSignals signals,
    EventRecorder events,
    RunTelemetry telemetry,
    TimeProvider clock,
    ILogger<RunRecorder> logger
)
{
    /// <summary>Stores the status.</summary>
    /// <param name="before">The run before the verdict.</param>
    /// <param name="next">The run with the status to store.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The run as it is stored; null if it changed or is gone, so that the verdict no longer holds.</returns>
    /// <exception cref="ApiException">It is not known whether the status was stored.</exception>
    public async Task<AgentRun?> RecordAsync(AgentRun before, AgentRun next, RunVerdict verdict, CancellationToken cancellationToken)
    {
        var began = clock.GetUtcNow();
        var (stored, isGone) = await StoreAsync(next, cancellationToken);
        if (isGone)
        {
            // The informer reports this too, but the container need not wait for it.
            removal.Deleted(next);
        }

        if (stored is not null)
        {
            Stored(before, stored, verdict);
            telemetry.Stored(before, stored, began);
        }

        return stored;
    }

    private async Task<(AgentRun? Stored, bool IsGone)> StoreAsync(AgentRun next, CancellationToken cancellationToken)
    {
        using var span = RunTraces.StatusWrite(next);
        return await writer.StoreAsync(next, cancellationToken);
    }

    private void Stored(AgentRun before, AgentRun stored, RunVerdict verdict)
    {
        if (stored.LiveAttempt() is not null)
        {
            queue.Settle(stored.UID());
        }

        if (before.LiveAttempt() is { Attempt: { } ended } && stored.LiveAttempt()?.Attempt != ended)
        {
            observations.Forget(stored.UID(), ended);
            signals.FreeRoom();
        }

        foreach (var recorded in verdict.Events)
        {
            events.Record(stored, recorded.Warning ? EventType.Warning : EventType.Normal, recorded.Reason, recorded.Reason, recorded.Note);
        }

        var status = stored.Status!;
        var why = status.Reason is { } reason ? $" ({reason})" : "";
        if (status.Attempt is { } attempt)
        {
            Log.Stored(logger, NamespacedName.Of(stored), status.Phase, why, attempt, status.NodeName);
        }
        else
        {
            Log.StoredWithoutAttempt(logger, NamespacedName.Of(stored), status.Phase, why);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Run}: {Phase}{Reason}, attempt {Attempt} on {Node}")]
        public static partial void Stored(ILogger logger, NamespacedName run, RunPhase? phase, string reason, int attempt, string? node);

        [LoggerMessage(LogLevel.Information, "{Run}: {Phase}{Reason}")]
        public static partial void StoredWithoutAttempt(ILogger logger, NamespacedName run, RunPhase? phase, string reason);
    }
}
