using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Stromboli.Crds.Nodes;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Images;

/// <summary>The images of the node and what they contain. It looks only when the engine reports an event of an image.</summary>
internal sealed partial class ImageCatalogue(
    IPodman podman,
    ImageReader reader,
    ImageContents contents,
    PulledImages pulled,
    Func<CliNeeds?> needs,
    TimeProvider clock,
    ILogger<ImageCatalogue> logger
) : BackgroundService
{
    /// <summary>One pull, build or prune is many events.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// How long to wait for further events before reading an image: while it is read it has a container and cannot be removed.
    /// </summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    /// <summary>Between two reports.</summary>
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ReadDeadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, long> _used = new();
    private readonly SemaphoreSlim _news = new(0, 1);
    private IReadOnlyList<ImageSummary> _present = [];
    private IReadOnlyList<NodeImage>? _listed;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Raised when images have come or gone, or may have.</summary>
    public event Action? Happened;

    /// <summary>What is known to be in the image; null if it was not looked into yet.</summary>
    public ImageContent? Find(string id) => contents.Find(id, needs());

    /// <summary>A run uses the image.</summary>
    public void Used(string id)
    {
        _used[id] = clock.GetTimestamp();
        // With no more names than this, the list does not depend on use.
        if (_present.Sum(image => image.Names?.Length ?? 1) > NodeLimits.Images)
        {
            Signal();
        }
    }

    /// <summary>The list, once there is one, and then each time that it has changed.</summary>
    public async IAsyncEnumerable<IReadOnlyList<NodeImage>> ChangesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<NodeImage>? told = null;
        while (true)
        {
            IReadOnlyList<NodeImage>? listed;
            Task changed;
            lock (_lock)
            {
                (listed, changed) = (_listed, _changed.Task);
            }

            if (listed is not null && listed != told)
            {
                yield return told = listed;
                await Task.Delay(ReportInterval, clock, cancellationToken);
            }
            else
            {
                await changed.WaitAsync(cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _news.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(ListenAsync(stoppingToken), LookAsync(stoppingToken));

    private void Signal()
    {
        lock (_lock)
        {
            if (_news.CurrentCount == 0)
            {
                _news.Release();
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; !cancellationToken.IsCancellationRequested; pause = pause < LastPause ? 2 * pause : LastPause)
        {
            try
            {
                await foreach (
                    var _ in podman.System.ImageEventsAsync(
                        connected: () =>
                        {
                            pause = FirstPause;
                            Signal();
                        },
                        cancellationToken
                    )
                )
                {
                    Signal();
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (PodmanException e)
            {
                Log.EventsEnded(logger, e.Message);
            }

            await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var clean = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await _news.WaitAsync(cancellationToken);
                await Task.Delay(Settle, clock, cancellationToken);
                if (!clean)
                {
                    await reader.RemoveLeftoversAsync(cancellationToken);
                }

                clean = true;
                await RefreshAsync(cancellationToken);
                await ReadAllAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is PodmanException or IOException or UnauthorizedAccessException or OperationCanceledException)
            {
                // The next event or connection causes the next look.
                Log.NotRead(logger, e.Message);
            }
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var mark = pulled.Mark();
        _present = await podman.Images.ListAsync(cancellationToken);
        pulled.Observe(_present, mark);
        var ids = _present.Select(image => image.ID).ToHashSet();
        contents.KeepOnly(ids);
        foreach (var gone in _used.Keys.Where(id => !ids.Contains(id)))
        {
            _used.TryRemove(gone, out _);
        }

        Happened?.Invoke();
        Publish();
    }

    // Reads images one at a time, because no run waits for the result and the engine has runs to start. Returns when there is an event.
    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        var unread = ImageListing
            .Chosen(_present, LastUse)
            .Select(chosen => chosen.Image.ID)
            .Distinct()
            .Where(id => Find(id) is null)
            .ToList();
        if (unread.Count == 0)
        {
            return;
        }

        await Task.Delay(Quiet, clock, cancellationToken);
        foreach (var id in unread.TakeWhile(_ => _news.CurrentCount == 0))
        {
            await ReadAsync(id, cancellationToken);
            Publish();
        }
    }

    private async Task ReadAsync(string id, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(ReadDeadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            contents.Add(id, await reader.ReadAsync(id, needs(), either.Token));
        }
        catch (Exception e)
            when (e is PodmanException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Log.NotLookedInto(logger, id, e.Message);
        }
    }

    private long? LastUse(string id) => _used.TryGetValue(id, out var clock) ? clock : null;

    private void Publish()
    {
        var listed = ImageListing.Of(_present, Find, LastUse);
        lock (_lock)
        {
            if (_listed is not null && Wire(_listed).AsSpan().SequenceEqual(Wire(listed)))
            {
                return;
            }

            _listed = listed;
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private static byte[] Wire(IReadOnlyList<NodeImage> images) =>
        JsonSerializer.SerializeToUtf8Bytes(new ImagesChanged { Images = images }, NodeLinkJson.Default.BridgeMessage);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The engine's stream of image events ended: {Error}")]
        public static partial void EventsEnded(ILogger logger, string error);

        [LoggerMessage(LogLevel.Warning, "The node's images cannot be read: {Error}")]
        public static partial void NotRead(ILogger logger, string error);

        [LoggerMessage(LogLevel.Warning, "Image {Image} could not be read: {Error}")]
        public static partial void NotLookedInto(ILogger logger, string image, string error);
    }
}
