using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>Opens the logs of this node's attempts, from the attempt's record until its TTL.</summary>
internal sealed class LogProvider(NodeAttempts attempts, FolderWatch watch, TimeProvider clock) : IStreamProvider
{
    // Seconds beyond this are before any log, and a date of that distance exists.
    private const long LongestSince = 1_000_000_000;

    /// <inheritdoc/>
    public Type Source => typeof(LogSource);

    /// <inheritdoc/>
    public Task<IStreamContent> OpenAsync(StreamSource source, CancellationToken cancellationToken)
    {
        var log = (LogSource)source;
        Check(log);
        if (attempts.Find(new AttemptKey(log.RunUID, log.Attempt)) is not { } attempt)
        {
            throw new StreamRefusedException(
                StatusCodes.Status404NotFound,
                $"The node has no log of attempt {log.Attempt}: logs are kept until ttlAfterFinished, or until the node needs the space."
            );
        }

        if (attempt is { Released: true, Concluded.IsCompleted: true } && !File.Exists(attempt.LogPath))
        {
            throw new StreamRefusedException(
                StatusCodes.Status410Gone,
                $"The node no longer has the log of attempt {log.Attempt}: its disk was full, and logs of finished runs were removed."
            );
        }

        var wanted = log with { SinceSeconds = log.SinceSeconds is { } seconds ? Math.Min(seconds, LongestSince) : null };
        return Task.FromResult<IStreamContent>(
            new LogContent(wanted, attempt.IsClaude, new LogReading(attempt.LogPath, attempt.Concluded, watch), clock.GetUtcNow())
        );
    }

    private static void Check(LogSource log)
    {
        if (log.TailLines < 0 || log.SinceSeconds < 0 || log.Offset < 0)
        {
            throw new StreamRefusedException(
                StatusCodes.Status400BadRequest,
                "The parameters tailLines, sinceSeconds and offset must not be negative."
            );
        }

        if (log.Offset is not null && (log.TailLines is not null || log.SinceSeconds is not null))
        {
            throw new StreamRefusedException(
                StatusCodes.Status400BadRequest,
                "The parameter offset cannot be used together with tailLines or sinceSeconds."
            );
        }
    }
}
