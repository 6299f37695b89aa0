using System.Runtime.CompilerServices;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// Pulls the images that an admin desires on the node: one at a time, while no run fetches, without a login. It checks again when images
/// have come or gone, and retries failures after a while. It pulls nothing while the disk is short of space, and never removes an image.
/// </summary>
internal sealed partial class PrePuller(
    IPodman podman,
    ImageFetcher fetcher,
    ImageCatalogue catalogue,
    IDiskSpace disk,
    TimeProvider clock,
    ILogger<PrePuller> logger
) : BackgroundService
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PrePullFailure> _failures = [];
    private IReadOnlyList<string> _desired = [];
    private PrePullProgress? _progress;
    private CancellationTokenSource? _pulling;
    private string? _pulled;
    private bool _waitsForSpace;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sets the desired images. A pull of an image that is no longer desired ends.</summary>
    public void Apply(IReadOnlyList<string> images)
    {
        lock (_lock)
        {
            _desired = images;
            foreach (var gone in _failures.Keys.Where(image => !images.Contains(image)).ToArray())
            {
                _failures.Remove(gone);
            }

            if (_pulled is not null && !images.Contains(_pulled))
            {
                _pulling?.Cancel();
            }

            Signal();
        }
    }

    /// <summary>The desired images.</summary>
    public IReadOnlyList<string> Desired
    {
        get
        {
            lock (_lock)
            {
                return _desired;
            }
        }
    }

    /// <summary>
    /// The image was removed because the disk is full. If it is desired, it is not pulled again at once, so that it does not come and go.
    /// </summary>
    /// <param name="image">Its name, as the engine lists it.</param>
    public void Removed(string image)
    {
        lock (_lock)
        {
            if (_desired.FirstOrDefault(desired => ImageReference.Parse(desired)?.Key == image) is not { } name)
            {
                return;
            }

            var error = new ImagePullException(
                name,
                ImagePullFailure.TooLarge,
                $"The image '{name}' was removed, since the node's disk was short of space."
            );
            _failures[name] = PrePullFailure.After(_failures.GetValueOrDefault(name), error, clock.GetUtcNow());
        }
    }

    /// <summary>The progress, once images are desired, and then each change of it.</summary>
    public async IAsyncEnumerable<PrePullProgress> ChangesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PrePullProgress? told = null;
        while (true)
        {
            PrePullProgress? progress;
            Task changed;
            lock (_lock)
            {
                (progress, changed) = (_progress, _changed.Task);
            }

            if (progress is not null && progress != told)
            {
                yield return told = progress;
            }
            else
            {
                await changed.WaitAsync(cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        catalogue.Happened += SignalFromOutside;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                Task news;
                lock (_lock)
                {
                    news = _news.Task;
                }

                var wait = await TryPassAsync(stoppingToken);
                using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                await Task.WhenAny(news, Task.Delay(wait, clock, waiting.Token));
                await waiting.CancelAsync();
                lock (_lock)
                {
                    if (_news.Task.IsCompleted)
                    {
                        _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    }
                }
            }
        }
        finally
        {
            catalogue.Happened -= SignalFromOutside;
        }
    }

    private void SignalFromOutside()
    {
        lock (_lock)
        {
            Signal();
        }
    }

    private void Signal() => _news.TrySetResult();

    // Pulls what is missing in the order of the list; returns how long to wait before retrying what failed.
    private async Task<TimeSpan> TryPassAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await NextAsync(cancellationToken) is { } image)
            {
                await PullAsync(image, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (PodmanException e)
        {
            Log.EngineFailed(logger, e.Message);
            return PrePullFailure.First;
        }

        lock (_lock)
        {
            var waits = _failures.Values.Select(failure => failure.NotBefore - clock.GetUtcNow()).ToList();
            return _waitsForSpace ? PrePullFailure.First
                : waits.Count == 0 ? Timeout.InfiniteTimeSpan
                : TimeSpan.FromMilliseconds(Math.Max(50, waits.Min().TotalMilliseconds));
        }
    }

    private async Task<string?> NextAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> desired;
        lock (_lock)
        {
            desired = _desired;
        }

        List<string> absent = [];
        foreach (var image in desired)
        {
            if (await podman.Images.InspectAsync(image, cancellationToken) is null)
            {
                absent.Add(image);
            }
        }

        lock (_lock)
        {
            foreach (var there in _failures.Keys.Where(image => !absent.Contains(image)).ToArray())
            {
                _failures.Remove(there);
            }

            var shortage = disk.Shortage;
            _waitsForSpace = shortage is not null && absent.Count > 0;
            var next = _waitsForSpace
                ? null
                : absent.FirstOrDefault(image => !_failures.TryGetValue(image, out var failure) || failure.NotBefore <= clock.GetUtcNow());
            Tell(
                new PrePullProgress
                {
                    Images = desired,
                    Present = desired.Count - absent.Count,
                    Pulling = next,
                    Failure =
                        absent.Select(image => _failures.GetValueOrDefault(image)?.Message).FirstOrDefault(message => message is not null)
                        ?? (_waitsForSpace ? shortage : null),
                }
            );
            return next;
        }
    }

    private async Task PullAsync(string image, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_lock)
        {
            if (!_desired.Contains(image))
            {
                return;
            }

            (_pulling, _pulled) = (ending, image);
        }

        try
        {
            await fetcher.QuietAsync(ending.Token);
            await fetcher.EnsureAsync(new ImageRequest(image, ImagePullPolicy.IfNotPresent), ending.Token);
            Log.Pulled(logger, image);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No longer desired.
        }
        catch (ImagePullException e)
        {
            Log.Failed(logger, e.Message);
            lock (_lock)
            {
                _failures[image] = PrePullFailure.After(_failures.GetValueOrDefault(image), e, clock.GetUtcNow());
            }
        }
        finally
        {
            lock (_lock)
            {
                (_pulling, _pulled) = (null, null);
            }
        }
    }

    private void Tell(PrePullProgress progress)
    {
        // A record's equality does not compare the items of its list.
        if (
            (_progress is null && progress.Images.Count == 0)
            || (_progress is { } told && told.Images.SequenceEqual(progress.Images) && told with { Images = progress.Images } == progress)
        )
        {
            return;
        }

        _progress = progress;
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Pulled image {Image} ahead")]
        public static partial void Pulled(ILogger logger, string image);

        [LoggerMessage(LogLevel.Warning, "An image could not be pulled ahead: {Error}")]
        public static partial void Failed(ILogger logger, string error);

        [LoggerMessage(LogLevel.Warning, "Could not check which images to pull ahead: {Error}")]
        public static partial void EngineFailed(ILogger logger, string error);
    }
}
