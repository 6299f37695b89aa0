using Stromboli.Crds.Runs;
using Stromboli.Gateway.Accounting;
using Stromboli.Gateway.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Gathers what shim, engine, gateway and agent left of an attempt that is over. <see cref="AttemptEnding"/> judges it.</summary>
internal sealed partial class AttemptEndReader(ModelGateway gateway, TimeProvider clock, ILogger<AttemptEndReader> logger)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How an attempt ended, once nothing of it runs any more. Never throws: an end that cannot be read is the node's fault.
    /// </summary>
    public async Task<AttemptEndRecord> ReadAsync(AttemptRecord record, AttemptSandbox sandbox, bool isPastDeadline, TimeSpan running)
    {
        try
        {
            using var deadline = new CancellationTokenSource(Deadline, clock);
            return await ReadAsync(record, sandbox, isPastDeadline, running, deadline.Token);
        }
        catch (Exception e)
        {
            Log.NotRead(logger, e, record.Key);
            var refusal = new AttemptRefusal(RunReason.NodeUnfit, $"The agent ended, and its end cannot be read: {e.Message}");
            return await ReadRefusalAsync(refusal, sandbox);
        }
    }

    /// <summary>
    /// The end of an attempt that cannot run here, with its usage: an agent under an earlier bridge may have used something.
    /// </summary>
    public async Task<AttemptEndRecord> ReadRefusalAsync(AttemptRefusal refusal, AttemptSandbox sandbox) =>
        new()
        {
            End = new AttemptEnd
            {
                Reason = refusal.Reason,
                Message = refusal.Message,
                EndedAgoMs = 0,
                Usage = await UsageAsync(sandbox),
                // Before anything of an attempt runs, only its session can be lost.
                SessionGone = refusal.Reason == RunReason.SessionLost,
            },
            EndedAt = clock.GetUtcNow(),
        };

    private async Task<AttemptEndRecord> ReadAsync(
        AttemptRecord record,
        AttemptSandbox sandbox,
        bool isPastDeadline,
        TimeSpan running,
        CancellationToken cancellationToken
    )
    {
        using var written = new AttemptLog(record.Spec);
        // A shim that was killed before it was let go leaves no last record.
        if (record is { Cause: not null, Released: false })
        {
            await written.ReadOnAsync(sandbox.Directory.LogPath, cancellationToken);
        }
        else
        {
            await written.ReadToLastWordAsync(sandbox.Directory.LogPath, clock, cancellationToken);
        }

        if (written.BadRecords > 0)
        {
            Log.BadRecords(logger, record.Key, written.BadRecords);
        }

        // The shim writes nothing of an agent before the attempt is let go, so the log counts only from then on.
        using var empty = new AttemptLog(record.Spec);
        var log = record.Released ? written : empty;
        var totals = await TotalsAsync(sandbox, cancellationToken);
        var evidence = AttemptEvidence.Of(record, log, running) with
        {
            LogClaims = written.Claims,
            IsPastDeadline = isPastDeadline,
            OutOfMemory = AsksForMemory(record, log, written) && await sandbox.Container.WasOutOfMemoryAsync(CancellationToken.None),
            Totals = totals,
            ModelFailure = totals?.LastFailure,
        };
        return new AttemptEndRecord
        {
            End = AttemptEnding.Decide(evidence),
            Hooks = log.Hooks,
            StartedAt = log.StartedAt,
            EndedAt = log.EndedAt ?? clock.GetUtcNow(),
        };
    }

    // The engine is asked only if its answer can matter.
    private static bool AsksForMemory(AttemptRecord record, AttemptLog log, AttemptLog written) =>
        record.Cause is null && (record.Released || !written.Claims) && log.Exit is null or { SignalName: "SIGKILL" };

    private async Task<AttemptUsage?> UsageAsync(AttemptSandbox sandbox)
    {
        try
        {
            using var deadline = new CancellationTokenSource(Deadline, clock);
            return await TotalsAsync(sandbox, deadline.Token) is { Requests: > 0 } totals
                ? AttemptEnding.Usage(new AttemptEvidence { Totals = totals })
                : null;
        }
        catch (Exception e)
        {
            Log.NotRead(logger, e, sandbox.Record.Key);
            return null;
        }
    }

    // An attempt that ended while no bridge was running has no open socket any more. Its usage is in its ledger.
    private async Task<LedgerTotals?> TotalsAsync(AttemptSandbox sandbox, CancellationToken cancellationToken)
    {
        if (sandbox.Gateway is not { } run)
        {
            return gateway.Recall(sandbox.Directory.LedgerPath);
        }

        run.Refuse();
        await run.IdleAsync(cancellationToken);
        return run.Totals;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The end of attempt {Attempt} could not be read")]
        public static partial void NotRead(ILogger logger, Exception exception, AttemptKey attempt);

        [LoggerMessage(LogLevel.Warning, "Ignoring {Count} records in the log of attempt {Attempt} that cannot be read")]
        public static partial void BadRecords(ILogger logger, AttemptKey attempt, long count);
    }
}
