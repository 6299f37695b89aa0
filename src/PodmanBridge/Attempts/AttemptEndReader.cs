using Stromboli.Crds.Runs;
using Stromboli.Gateway.Accounting;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Gathers what shim, engine, gateway and agent left of an attempt that is over; <see cref="AttemptEnding"/> judges it.</summary>
internal sealed partial class AttemptEndReader(AttemptDirectory directory, AttemptSandbox sandbox, SandboxServices services)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LogDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LogPause = TimeSpan.FromMilliseconds(5);

    /// <summary>How the attempt ended.</summary>
    public async Task<AttemptEndRecord> ReadAsync(AttemptState state)
    {
        using var deadline = new CancellationTokenSource(Deadline, services.Clock);
        using var written = await LastWordAsync(state.Record, deadline.Token);
        if (written.BadRecords > 0)
        {
            Log.BadRecords(services.Logger, state.Record.Key, written.BadRecords);
        }

        if (state.Record is { Released: false, Cause: null } && written.Claims)
        {
            return Denied();
        }

        // The shim writes nothing of an agent before the attempt is let go, so the log counts only from then on.
        using var none = AttemptLog.Empty(state.Record.Spec);
        var log = state.Record.Released ? written : none;
        return new AttemptEndRecord
        {
            End = AttemptEnding.Decide(state, log, await WasOutOfMemoryAsync(state, log), await TotalsAsync(deadline.Token)),
            Hooks = log.Hooks,
            StartedAt = log.StartedAt,
            EndedAt = log.EndedAt ?? services.Clock.GetUtcNow(),
        };
    }

    /// <summary>
    /// What the attempt used, whoever knows how it ended; null if its model was never asked. Nothing is spent any more then.
    /// </summary>
    public async Task<AttemptUsage?> UsageAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline, services.Clock);
        return await TotalsAsync(deadline.Token) is { Requests: > 0 } totals
            ? AttemptOutcome.Usage(new AttemptEvidence { Totals = totals })
            : null;
    }

    private AttemptEndRecord Denied() =>
        new()
        {
            End = new AttemptEnd
            {
                Reason = RunReason.PolicyDenied,
                Message = "The container is another one than was meant: it tells of an agent that was never let go.",
                EndedAgoMs = 0,
            },
            EndedAt = services.Clock.GetUtcNow(),
        };

    // The shim's report comes before conmon has written the same to the log. Without a report there is nothing to wait for but conmon
    // itself; and a shim that was killed before it was let go has no last word.
    private async Task<AttemptLog> LastWordAsync(AttemptRecord record, CancellationToken cancellationToken)
    {
        var log = await AttemptLog.ReadAsync(directory.LogPath, record.Spec, cancellationToken);
        try
        {
            var killed = record is { Cause: not null, Released: false };
            for (
                var waited = services.Clock.GetTimestamp();
                !log.Complete && !killed && services.Clock.GetElapsedTime(waited) <= LogDeadline;

            )
            {
                await Task.Delay(LogPause, services.Clock, cancellationToken);
                await log.ReadOnAsync(directory.LogPath, cancellationToken);
            }

            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    // The kernel's mark is on the container's cgroup, and only once the container has ended; asked for only where it can matter.
    private async Task<bool> WasOutOfMemoryAsync(AttemptState state, AttemptLog log)
    {
        using var deadline = new CancellationTokenSource(Deadline, services.Clock);
        var cancellationToken = deadline.Token;
        if (state.Record.Cause is not null || log.Exit is { SignalName: not "SIGKILL" } or { Signal: null })
        {
            return false;
        }

        try
        {
            await services.Podman.Containers.WaitAsync(sandbox.Container, cancellationToken);
            return await services.Podman.Containers.InspectAsync(sandbox.Container, cancellationToken) is { State.OomKilled: true };
        }
        catch (Exception e) when (e is PodmanException || (e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // What the shim saw of the end is known, whatever the engine would add.
            return false;
        }
    }

    // An attempt that ended while no bridge was there has no socket open any more; what it used is on its ledger.
    private async Task<LedgerTotals?> TotalsAsync(CancellationToken cancellationToken)
    {
        if (sandbox.Gateway is not { } gateway)
        {
            return services.Gateway.Recall(directory.LedgerPath);
        }

        gateway.Refuse();
        await gateway.IdleAsync(cancellationToken);
        return gateway.Totals;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Count} records in the log of attempt {Attempt} cannot be read and do not count")]
        public static partial void BadRecords(ILogger logger, AttemptKey attempt, long count);
    }
}
