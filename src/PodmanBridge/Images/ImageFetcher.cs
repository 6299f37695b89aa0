using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Podman;

namespace Stromboli.PodmanBridge.Images;

/// <summary>Sees to it that an image is on the node. Runs that want the same one at the same time share one fetch.</summary>
internal sealed class ImageFetcher(IPodman podman)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<FetchKey, SharedFetch> _fetches = [];

    /// <summary>Finds or fetches the image and returns the id of the local one, which is what the container is to be made of.</summary>
    /// <param name="image">The name, as the run has it.</param>
    /// <param name="policy">When to ask the registry.</param>
    /// <param name="cancellation">Ends this wait; the fetch goes on as long as anyone else waits for it.</param>
    /// <param name="credential">What the registry is shown; null for nothing. Never the node's own.</param>
    /// <exception cref="ImagePullException">The image cannot be had.</exception>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    public async Task<string> EnsureAsync(
        string image, ImagePullPolicy policy, CancellationToken cancellation, RegistryCredential? credential = null)
    {
        var reference = ImageReference.Parse(image)
            ?? throw new ImagePullException(image, $"The image '{image}' is no fully qualified name, such as registry.example.com/team/agent:1.");
        if (policy is not ImagePullPolicy.Always || reference.IsLocal)
        {
            if (await podman.Images.InspectAsync(image, cancellation) is { } present)
                return present.ID;
            if (reference.IsLocal)
                throw new ImagePullException(image, $"The image '{image}' is not on the node, and images of the registry localhost are not fetched.");
            if (policy is ImagePullPolicy.Never)
                throw new ImagePullException(image, $"The image '{image}' is not on the node, and imagePullPolicy is Never.");
        }
        return await FetchAsync(new FetchKey(image, credential), cancellation);
    }

    private async Task<string> FetchAsync(FetchKey key, CancellationToken cancellation)
    {
        var fetch = Join(key);
        try
        {
            return await fetch.Task.WaitAsync(cancellation);
        }
        catch (PodmanException e) when (!e.IsUnanswered)
        {
            throw new ImagePullException(key.Image, $"The image '{key.Image}' could not be pulled: {e.PodmanMessage}", e);
        }
        finally
        {
            Leave(key, fetch);
        }
    }

    private SharedFetch Join(FetchKey key)
    {
        lock (_lock)
        {
            if (!_fetches.TryGetValue(key, out var fetch) || fetch.Task.IsCompleted)
            {
                var end = new CancellationTokenSource();
                // On the pool, so that nothing of the call runs under the lock.
                var task = Task.Run(() => podman.Images.PullAsync(key.Image, "always", key.Credential, progress: null, end.Token), CancellationToken.None);
                fetch = new SharedFetch(task, end);
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
                return;
            if (_fetches.TryGetValue(key, out var current) && current == fetch)
                _fetches.Remove(key);
        }
        fetch.End.Cancel();
        fetch.End.Dispose();
    }

    private sealed record FetchKey(string Image, RegistryCredential? Credential);

    private sealed class SharedFetch(Task<string> task, CancellationTokenSource end)
    {
        public Task<string> Task { get; } = task;

        public CancellationTokenSource End { get; } = end;

        /// <summary>How many wait for it; the last one that leaves ends it.</summary>
        public int Waiting { get; set; }
    }
}
