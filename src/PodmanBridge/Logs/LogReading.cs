using System.Threading.Channels;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>
/// Reads the log of an attempt from its beginning through a renderer, to its present end or until the attempt is over. A reader holds no
/// lock, one buffer of the file and what the renderer holds.
/// </summary>
/// <param name="path">The file that conmon writes. It may not exist yet.</param>
/// <param name="concluded">Completes when nothing writes to the file any more.</param>
/// <param name="watch">Tells when the file changes.</param>
internal sealed class LogReading(string path, Task concluded, FolderWatch watch)
{
    /// <summary>Reads the log.</summary>
    /// <param name="renderer">A new renderer.</param>
    /// <param name="follow">Whether to wait for the end of the attempt.</param>
    /// <param name="passOnAsync">Receives the output in pieces, in order. The memory is valid until it returns.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">The log cannot be read, or another one took its place.</exception>
    public async Task RunAsync(
        LogRenderer renderer,
        bool follow,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> passOnAsync,
        CancellationToken cancellationToken
    )
    {
        var signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Wake() => signal.Writer.TryWrite(true);
        using var subscription = follow && !concluded.IsCompleted ? Subscribe(Wake) : null;
        if (subscription is not null)
        {
            _ = concluded.ContinueWith(_ => Wake(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        ShimLog? log = null;
        try
        {
            while (true)
            {
                // Asked before reading: what was written before the end is then read.
                var isOver = concluded.IsCompleted;
                log ??= Open(renderer);
                while (!renderer.IsComplete && log is not null && await log.ReadSomeAsync(cancellationToken))
                {
                    await PassOnAsync(renderer, passOnAsync, cancellationToken);
                }

                if (isOver || renderer.IsComplete)
                {
                    renderer.Finish();
                    await PassOnAsync(renderer, passOnAsync, cancellationToken);
                    return;
                }

                if (!follow)
                {
                    return;
                }

                RequireSame(log);
                await signal.Reader.ReadAsync(cancellationToken);
            }
        }
        finally
        {
            log?.Dispose();
        }
    }

    private IDisposable Subscribe(Action changed) => watch.Watch(Path.GetDirectoryName(path)!, Path.GetFileName(path), changed);

    private ShimLog? Open(LogRenderer renderer)
    {
        try
        {
            return new ShimLog(path, renderer);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // A container that never ran anything is replaced together with its log, after a restart of the bridge.
    private void RequireSame(ShimLog? log)
    {
        if (log is not null && FileIdentity.TryOf(path) != log.Identity && !concluded.IsCompleted)
        {
            throw new IOException("The log was replaced while it was read.");
        }
    }

    private static async ValueTask PassOnAsync(
        LogRenderer renderer,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> passOnAsync,
        CancellationToken cancellationToken
    )
    {
        if (!renderer.Rendered.IsEmpty)
        {
            await passOnAsync(renderer.Rendered, cancellationToken);
        }

        renderer.Clear();
    }
}
