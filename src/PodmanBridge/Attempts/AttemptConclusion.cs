using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Finds out how one attempt ended, and stores it.</summary>
internal sealed partial class AttemptConclusion(
    AttemptState state,
    AttemptDirectory directory,
    AttemptSandbox sandbox,
    AttemptServices services
)
{
    /// <summary>
    /// How long the engine has to remove what never ran before the end is told without it. With it, also such an end is stored within two
    /// seconds.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1500);

    /// <summary>The end of an attempt that cannot run here.</summary>
    public AttemptEndRecord Refusal(RunReason reason, string message) =>
        new()
        {
            // Before anything of an attempt runs, nothing but its session can be lost.
            End = new AttemptEnd
            {
                Reason = reason,
                Message = message,
                EndedAgoMs = 0,
                SessionGone = reason == RunReason.SessionLost,
            },
            EndedAt = services.Clock.GetUtcNow(),
        };

    /// <summary>Stores the end of an attempt of which nothing runs any more, unless it is stored already or nobody waits for it.</summary>
    /// <param name="refusal">What is known of it; null for what its parts have to say.</param>
    public async Task ConcludeAsync(AttemptEndRecord? refusal)
    {
        if (state.Record.Cause == EndCause.Dropped || state.Ended)
        {
            return;
        }

        var end = refusal is null ? await ReadEndAsync() : await WithUsageAsync(refusal);
        if (
            state.Conclude(
                end with
                {
                    End = end.End with { SessionBytes = state.Record.Spec.Session is null ? null : sandbox.MeasuredBytes },
                }
            )
        )
        {
            Log.Ended(services.Logger, state.Record.Key, end.End.Reason, end.End.Message);
        }
    }

    /// <summary>
    /// Stores the end of an attempt that was stopped before anything of the tenant's could run, also while the engine stands still: it must
    /// not keep a cancel or a deadline from being told. From then on nothing can run; what the engine made, or makes yet, is removed when
    /// it is back.
    /// </summary>
    /// <param name="way">Its way, which is taken away from it.</param>
    public async Task ConcludeWhatNeverRanAsync(AttemptWay way)
    {
        try
        {
            await Task.Delay(Patience, services.Clock);
            if (!state.Ended && way.TryWithdraw())
            {
                await ConcludeAsync(null);
            }
        }
        catch (Exception e)
        {
            Log.Failed(services.Logger, e, state.Record.Key);
        }
    }

    private async Task<AttemptEndRecord> ReadEndAsync()
    {
        try
        {
            return await new AttemptEndReader(directory, sandbox, services.Sandbox).ReadAsync(state);
        }
        catch (Exception e)
        {
            Log.Failed(services.Logger, e, state.Record.Key);
            return await WithUsageAsync(Refusal(RunReason.NodeUnfit, $"The agent is gone, and how it ended cannot be read: {e.Message}"));
        }
    }

    // An agent that was let go by a former bridge may have spent before this one could not go on with it.
    private async Task<AttemptEndRecord> WithUsageAsync(AttemptEndRecord end)
    {
        try
        {
            return end with
            {
                End = end.End with { Usage = await new AttemptEndReader(directory, sandbox, services.Sandbox).UsageAsync() },
            };
        }
        catch (Exception e)
        {
            Log.Failed(services.Logger, e, state.Record.Key);
            return end;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The end of attempt {Attempt} could not be read as it should")]
        public static partial void Failed(ILogger logger, Exception exception, AttemptKey attempt);

        [LoggerMessage(LogLevel.Information, "Attempt {Attempt} ended: {Reason}: {Message}")]
        public static partial void Ended(ILogger logger, AttemptKey attempt, RunReason reason, string message);
    }
}
