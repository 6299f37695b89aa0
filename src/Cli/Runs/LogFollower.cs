using Stromboli.Cli.Output;
using Stromboli.Cli.Streams;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Runs;

/// <summary>What of a run's log is followed, and how.</summary>
/// <param name="Format"><c>text</c> or <c>json</c>.</param>
/// <param name="Attempt">Only this attempt; if null, from the current one to the last.</param>
/// <param name="TailLines">How many of the lines that are there already are shown; all if null.</param>
internal sealed record FollowOptions(string Format, int? Attempt = null, int? TailLines = null);

/// <summary>
/// Follows a log until its run has ended. A stream of bytes has no sign of life, and whatever is between here and the node may close a
/// connection that was silent for a while, so an end of the stream says nothing. Only the run's status does: after each end the log is
/// opened again where it ended, and it is complete when the attempt was over before the log was opened and nothing more came.
/// </summary>
/// <param name="client">The client.</param>
/// <param name="runs">Tells whether the run has ended.</param>
/// <param name="note">Told in a sentence why there is nothing to see, and of further attempts.</param>
/// <param name="clock">The clock.</param>
internal sealed class LogFollower(KubeClient client, RunWatcher runs, Action<string> note, TimeProvider clock)
{
    /// <summary>How long a log that cannot be opened is tried again after its attempt is over.</summary>
    public static readonly TimeSpan PatienceAfterEnd = TimeSpan.FromSeconds(30);

    private readonly HashSet<string> _told = [];

    /// <summary>Follows the log.</summary>
    /// <returns>The run. It has ended, unless one attempt was chosen.</returns>
    /// <exception cref="ApiException">The server refused, or was away for too long.</exception>
    /// <exception cref="RunGoneException">The run was deleted.</exception>
    public async Task<AgentRun> FollowAsync(
        NamespacedName key,
        string? uid,
        FollowOptions options,
        IByteSink sink,
        CancellationToken cancellationToken
    )
    {
        var run = await runs.UntilAsync(key, uid, candidate => HasLog(candidate) || Outcome.IsFinished(candidate), null, cancellationToken);
        uid = run.Metadata.Uid;
        if (!HasLog(run))
        {
            return run;
        }

        var attempt = options.Attempt ?? run.Status!.Attempt!.Value;
        var tail = options.TailLines is { } lines ? new TailSink(sink, lines) : null;
        while (true)
        {
            run = await FollowAttemptAsync(run, key, attempt, options.Format, tail ?? sink, tail, cancellationToken);
            tail = null;
            if (options.Attempt is not null)
            {
                return run;
            }

            run = await runs.UntilAsync(
                key,
                uid,
                candidate => candidate.Status?.Attempt > attempt || Outcome.IsFinished(candidate),
                null,
                cancellationToken
            );
            if (run.Status?.Attempt is not { } next || next <= attempt)
            {
                return run;
            }

            attempt = next;
            note($"attempt {attempt} on {SafeText.Line(run.Status.NodeName)}");
        }
    }

    private async Task<AgentRun> FollowAttemptAsync(
        AgentRun run,
        NamespacedName key,
        int attempt,
        string format,
        IByteSink sink,
        TailSink? tail,
        CancellationToken cancellationToken
    )
    {
        var backoff = new Backoff(clock);
        var offset = 0L;
        while (true)
        {
            var wasOver = IsOver(run, attempt);
            var before = offset;
            // The lines that are there already are read first, without following, to find the last of them.
            var request = new LogRequest
            {
                Format = format,
                Follow = tail is null,
                Attempt = attempt,
                Offset = offset,
            };
            Exception? failure = null;
            try
            {
                await StreamCopy.CopyAsync(client, StreamPaths.Log(key, request), sink, count => offset += count, cancellationToken);
                tail?.Release();
                tail = null;
                if (wasOver && offset == before)
                {
                    return run;
                }
            }
            catch (Exception e) when (StreamCopy.IsPassing(e) || IsMissing(e))
            {
                failure = e;
            }

            if (offset > before)
            {
                backoff.Reset();
            }
            else if (failure is not null)
            {
                Note(failure);
                if (backoff.Waited > (wasOver ? PatienceAfterEnd : RunWatcher.Patience))
                {
                    throw failure is ApiException ? failure : new CliException($"the log broke off: {failure.Message}", inner: failure);
                }
            }

            // What the server has no log of any more after the end will not come.
            if (wasOver && failure is not null && IsMissing(failure))
            {
                throw failure;
            }

            if (failure is not null || offset == before)
            {
                await backoff.WaitAsync(cancellationToken);
            }

            run = await runs.UntilAsync(key, run.Metadata.Uid, _ => true, null, cancellationToken);
        }
    }

    private void Note(Exception? failure)
    {
        // A connection that is cut because it was silent is no news.
        if (failure is ApiException { StatusCode: not null } refused && _told.Add(refused.Reason))
        {
            note($"waiting for the log: {SafeText.Line(ErrorText.MessageOf(refused))}");
        }
    }

    private static bool HasLog(AgentRun run) =>
        run.Status is { Attempt: not null } && (run.Status.Phase == RunPhase.Running || Outcome.IsFinished(run));

    private static bool IsMissing(Exception failure) => failure is ApiException { IsNotFound: true };

    /// <summary>Whether the attempt is over: nothing more will be written to its log.</summary>
    internal static bool IsOver(AgentRun run, int attempt) =>
        Outcome.IsFinished(run)
        || run.Status?.Attempt > attempt
        || run.Status?.Attempts?.Exists(one => one.Attempt == attempt && one.EndTime is not null) == true;
}
