using Stromboli.Crds.Runs;
using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Telemetry;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// Provides an image on the node to those who may use it. Runs that need the same image at the same time share one fetch.
/// </summary>
internal sealed partial class ImageFetcher(
    IPodman podman,
    PrivateImages known,
    PulledImages pulled,
    RegistryGate gate,
    ImageFetcher.Settings settings,
    TimeProvider clock,
    ILogger<ImageFetcher> logger
)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<FetchKey, SharedFetch> _fetches = [];

    // Runs that start together usually have the same image. An image may change between a look and its use in any case.
    private readonly SharedCalls<string, ImageInspection?> _looks = new((image, end) => podman.Images.InspectAsync(image, end));

    /// <summary>What the node takes.</summary>
    /// <param name="MaxBytes">The largest image, unpacked; null for any.</param>
    internal sealed record Settings(long? MaxBytes);

    /// <summary>The fetches that are under way, and when each began, as timestamps.</summary>
    public IReadOnlyList<(string Image, long Began)> Fetches
    {
        get
        {
            lock (_lock)
            {
                return [.. _fetches.Values.Where(fetch => !fetch.Task.IsCompleted).Select(fetch => (fetch.Image, fetch.Began))];
            }
        }
    }

    /// <summary>Ends the fetches of an image: the node has no space for it.</summary>
    /// <returns>Whether there was one.</returns>
    public bool End(string image)
    {
        SharedFetch[] ended;
        lock (_lock)
        {
            ended = [.. _fetches.Values.Where(fetch => fetch.Image == image && !fetch.Task.IsCompleted)];
        }

        foreach (var fetch in ended)
        {
            fetch.EndForSpace();
        }

        return ended.Length > 0;
    }

    /// <summary>Same as <see cref="EnsureAsync"/>, but also protects the image from removal until a container uses it.</summary>
    /// <param name="request">The image to fetch.</param>
    /// <param name="cancellationToken">Ends this wait.</param>
    /// <exception cref="ImagePullException">The image is not available.</exception>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    public async Task<ImageUse> UseAsync(ImageRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            using (var look = pulled.Look())
            {
                var id = await EnsureAsync(request, cancellationToken);
                if (pulled.TryHold(look, id) is { } use)
                {
                    return use;
                }
            }

            await pulled.RemovalAsync(cancellationToken);
        }
    }

    /// <summary>Waits until nothing is being fetched.</summary>
    public async Task QuietAsync(CancellationToken cancellationToken)
    {
        while (UnderWay() is { } over)
        {
            await ((Task)over).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Finds or fetches the image and returns the id of the local one, which is what the container is to be made of.</summary>
    /// <param name="request">The image to fetch.</param>
    /// <param name="cancellationToken">Ends this wait. The fetch continues while others wait for it.</param>
    /// <exception cref="ImagePullException">The image is not available.</exception>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    public async Task<string> EnsureAsync(ImageRequest request, CancellationToken cancellationToken)
    {
        var image = request.Image;
        var reference =
            ImageReference.Parse(image)
            ?? throw NotHere(image, $"The image '{image}' is not a fully qualified name, such as registry.example.com/team/agent:1.");
        await known.SettleAsync(podman, cancellationToken);
        if (request.Policy is not ImagePullPolicy.Always || reference.IsLocal)
        {
            if (await _looks.JoinAsync(image, cancellationToken) is { } present)
            {
                if (known.MayUse(present.ID, reference, request.Namespace))
                {
                    return present.ID;
                }

                if (reference.IsLocal || request.Policy is ImagePullPolicy.Never)
                {
                    throw NotHere(
                        image,
                        $"The image '{image}' came to the node with a credential that this namespace has not shown, and its registry is not asked."
                    );
                }
            }
            else if (reference.IsLocal)
            {
                throw NotHere(
                    image,
                    $"The image '{image}' is not on the node, and images of the registry {reference.Registry} are not fetched."
                );
            }
            else if (request.Policy is ImagePullPolicy.Never)
            {
                throw NotHere(image, $"The image '{image}' is not on the node, and imagePullPolicy is Never.");
            }
        }

        await gate.DemandAsync(reference, cancellationToken);
        var before = settings.MaxBytes is null ? null : (await podman.Images.InspectAsync(image, cancellationToken))?.ID;
        var id =
            request.Credentials.Count == 0
                ? await FetchOpenAsync(request, reference, cancellationToken)
                : await FetchPrivateAsync(request, reference, cancellationToken);
        await RefuseTooLargeAsync(request, id, before, cancellationToken);
        return id;
    }

    private static ImagePullException NotHere(string image, string message) => new(image, ImagePullFailure.NotHere, message);

    private async Task<string> FetchOpenAsync(ImageRequest request, ImageReference reference, CancellationToken cancellationToken)
    {
        var id = await FetchAsync(request, credential: null, cancellationToken);
        known.Open(reference, id);
        return id;
    }

    private async Task<string> FetchPrivateAsync(ImageRequest request, ImageReference reference, CancellationToken cancellationToken)
    {
        known.Begin(reference, await podman.Images.ListAsync(cancellationToken));
        try
        {
            var id = await FetchWithAnyAsync(request, cancellationToken);
            known.Proved(reference, id, request.Namespace ?? "");
            return id;
        }
        catch (ImagePullException e) when (e.InnerException is PodmanException)
        {
            known.Failed(reference);
            throw;
        }
        catch
        {
            known.GivenUp(reference);
            throw;
        }
    }

    private async Task<string> FetchWithAnyAsync(ImageRequest request, CancellationToken cancellationToken)
    {
        foreach (var credential in request.Credentials.SkipLast(1))
        {
            try
            {
                return await FetchAsync(request, credential, cancellationToken);
            }
            catch (ImagePullException e) when (e.Failure is ImagePullFailure.Unauthorized)
            {
                // The next one.
            }
        }

        return await FetchAsync(request, request.Credentials[^1], cancellationToken);
    }

    private async Task<string> FetchAsync(ImageRequest request, RegistryCredential? credential, CancellationToken cancellationToken)
    {
        var key = new FetchKey(request.Image, credential);
        var fetch = Join(key, request.Namespace);
        try
        {
            return await fetch.Task.WaitAsync(cancellationToken);
        }
        catch (PodmanException e) when (!e.IsUnanswered)
        {
            Log.NotPulled(logger, request.Image, ImagePullErrors.Words(credential, e));
            throw ImagePullErrors.Explain(request, credential, e);
        }
        catch (Exception e)
            when (e is IOException || (e is OperationCanceledException && fetch.EndedForSpace && !cancellationToken.IsCancellationRequested)
            )
        {
            throw new ImagePullException(
                request.Image,
                ImagePullFailure.TooLarge,
                $"The image '{request.Image}' could not be pulled: {ImagePullErrors.NoSpaceLeft}.",
                e
            );
        }
        finally
        {
            Leave(key, fetch);
        }
    }

    // The engine tells the size of an image only when it is there.
    private async Task RefuseTooLargeAsync(ImageRequest request, string id, string? before, CancellationToken cancellationToken)
    {
        if (
            settings.MaxBytes is not { } most
            || await podman.Images.InspectAsync(id, cancellationToken) is not { Size: var size }
            || size <= most
        )
        {
            return;
        }

        if (id != before)
        {
            await RemoveAsync(request.Image, cancellationToken);
        }

        throw new ImagePullException(
            request.Image,
            ImagePullFailure.TooLarge,
            $"The image '{request.Image}' has {size} bytes, and this node takes images of at most {most} (its bridge's --max-image-size)."
        );
    }

    private async Task RemoveAsync(string image, CancellationToken cancellationToken)
    {
        try
        {
            await podman.Images.RemoveAsync(image, cancellationToken);
        }
        catch (PodmanException e) when (!e.IsUnanswered)
        {
            // A container of somebody else uses it.
        }
    }

    private async Task<string> PullAsync(FetchKey key, string? ns, CancellationToken cancellationToken)
    {
        var image = ImageReference.Parse(key.Image)!;
        pulled.Begin(image, ns, await podman.Images.ListAsync(cancellationToken));
        var began = clock.GetTimestamp();
        string id;
        try
        {
            id = await podman.Images.PullAsync(key.Image, "always", key.Credential, progress: null, cancellationToken);
            BridgeMetrics.Pulled(succeeded: true, clock.GetElapsedTime(began));
        }
        catch
        {
            BridgeMetrics.Pulled(succeeded: false, clock.GetElapsedTime(began));
            // The image may still arrive, whatever the engine answered.
            pulled.GivenUp(image);
            throw;
        }

        if (!pulled.Done(image, id))
        {
            await RemoveAsync(key.Image, cancellationToken);
        }

        return id;
    }

    private Task<string>? UnderWay()
    {
        lock (_lock)
        {
            return _fetches.Values.FirstOrDefault(fetch => !fetch.Task.IsCompleted)?.Task;
        }
    }

    // A fetch is charged to the run that begins it.
    private SharedFetch Join(FetchKey key, string? ns)
    {
        lock (_lock)
        {
            if (!_fetches.TryGetValue(key, out var fetch) || fetch.Task.IsCompleted)
            {
                var end = new CancellationTokenSource();
                // On the thread pool, so that the call does not run under the lock.
                var task = Task.Run(() => PullAsync(key, ns, end.Token), CancellationToken.None);
                fetch = new SharedFetch(key.Image, task, clock.GetTimestamp(), end);
                _fetches[key] = fetch;
            }
            fetch.Waiting++;
            return fetch;
        }
    }

    private void Leave(FetchKey key, SharedFetch fetch)
    {
        lock (_lock)
        {
            if (--fetch.Waiting > 0)
            {
                return;
            }

            if (_fetches.TryGetValue(key, out var current) && current == fetch)
            {
                _fetches.Remove(key);
            }
        }
        fetch.Dispose();
    }

    private sealed record FetchKey(string Image, RegistryCredential? Credential);

    private sealed class SharedFetch(string image, Task<string> task, long began, CancellationTokenSource end) : IDisposable
    {
        private readonly Lock _lock = new();
        private bool _over;

        public string Image { get; } = image;

        public Task<string> Task { get; } = task;

        public long Began { get; } = began;

        /// <summary>How many wait for it; the last one that leaves ends it.</summary>
        public int Waiting { get; set; }

        /// <summary>Whether it was ended because the disk is full.</summary>
        public bool EndedForSpace { get; private set; }

        public void EndForSpace()
        {
            lock (_lock)
            {
                if (_over)
                {
                    return;
                }

                EndedForSpace = true;
                end.Cancel();
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _over = true;
                end.Cancel();
                end.Dispose();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Image {Image} could not be pulled; the engine says: {Words}")]
        public static partial void NotPulled(ILogger logger, string image, string words);
    }
}
