using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Podman;
using Stromboli.PodmanBridge.Podman.Models;

namespace Stromboli.PodmanBridge.Images;

/// <summary>Sees to it that an image is on the node, and that whoever asks may have it. Runs that want the same one at the same time share one fetch.</summary>
internal sealed class ImageFetcher(IPodman podman, PrivateImages known, ImageFetcher.Settings settings)
{
    private readonly SharedCalls<FetchKey, string> _fetches = new((key, end) => podman.Images.PullAsync(key.Image, "always", key.Credential, progress: null, end));

    // A crowd that starts at once has one image as a rule. What an image is changes between a look and its use in any case.
    private readonly SharedCalls<string, ImageInspection?> _looks = new((image, end) => podman.Images.InspectAsync(image, end));

    /// <summary>What the node takes.</summary>
    /// <param name="MaxBytes">The largest image, unpacked; null for any.</param>
    internal sealed record Settings(long? MaxBytes);

    /// <summary>Waits until nothing is being fetched.</summary>
    public async Task QuietAsync(CancellationToken cancellation)
    {
        while (_fetches.UnderWay is { } over)
        {
            await over.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Finds or fetches the image and returns the id of the local one, which is what the container is to be made of.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellation">Ends this wait; the fetch goes on as long as anyone else waits for it.</param>
    /// <exception cref="ImagePullException">The image cannot be had.</exception>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    public async Task<string> EnsureAsync(ImageRequest request, CancellationToken cancellation)
    {
        var image = request.Image;
        var reference = ImageReference.Parse(image)
            ?? throw NotHere(image, $"The image '{image}' is no fully qualified name, such as registry.example.com/team/agent:1.");
        await known.SettleAsync(podman, cancellation);
        if (request.Policy is not ImagePullPolicy.Always || reference.IsLocal)
        {
            if (await _looks.JoinAsync(image, cancellation) is { } present)
            {
                if (known.MayUse(present.ID, reference, request.Namespace))
                    return present.ID;
                if (reference.IsLocal || request.Policy is ImagePullPolicy.Never)
                    throw NotHere(image, $"The image '{image}' came to the node with a credential that this namespace has not shown, and its registry is not asked.");
            }
            else if (reference.IsLocal)
            {
                throw NotHere(image, $"The image '{image}' is not on the node, and images of the registry {reference.Registry} are not fetched.");
            }
            else if (request.Policy is ImagePullPolicy.Never)
            {
                throw NotHere(image, $"The image '{image}' is not on the node, and imagePullPolicy is Never.");
            }
        }

        var before = settings.MaxBytes is null ? null : (await podman.Images.InspectAsync(image, cancellation))?.ID;
        var id = request.Credentials.Count == 0
            ? await FetchOpenAsync(request, reference, cancellation)
            : await FetchPrivateAsync(request, reference, cancellation);
        await RefuseTooLargeAsync(request, id, before, cancellation);
        return id;
    }

    private static ImagePullException NotHere(string image, string message) => new(image, ImagePullFailure.NotHere, message);

    private async Task<string> FetchOpenAsync(ImageRequest request, ImageReference reference, CancellationToken cancellation)
    {
        var id = await FetchAsync(request, credential: null, cancellation);
        known.Open(reference, id);
        return id;
    }

    private async Task<string> FetchPrivateAsync(ImageRequest request, ImageReference reference, CancellationToken cancellation)
    {
        known.Begin(reference, await podman.Images.ListAsync(cancellation));
        try
        {
            var id = await FetchWithAnyAsync(request, cancellation);
            known.Proved(reference, id, request.Namespace ?? "");
            return id;
        }
        catch (ImagePullException)
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

    private async Task<string> FetchWithAnyAsync(ImageRequest request, CancellationToken cancellation)
    {
        foreach (var credential in request.Credentials.SkipLast(1))
        {
            try
            {
                return await FetchAsync(request, credential, cancellation);
            }
            catch (ImagePullException e) when (e.Failure is ImagePullFailure.Unauthorized)
            {
                // The next one.
            }
        }

        return await FetchAsync(request, request.Credentials[^1], cancellation);
    }

    private async Task<string> FetchAsync(ImageRequest request, RegistryCredential? credential, CancellationToken cancellation)
    {
        try
        {
            return await _fetches.JoinAsync(new FetchKey(request.Image, credential), cancellation);
        }
        catch (PodmanException e) when (!e.IsUnanswered)
        {
            throw ImagePullErrors.Explain(request, credential, e);
        }
    }

    // The engine tells the size of an image only when it is there.
    private async Task RefuseTooLargeAsync(ImageRequest request, string id, string? before, CancellationToken cancellation)
    {
        if (settings.MaxBytes is not { } most || await podman.Images.InspectAsync(id, cancellation) is not { Size: var size } || size <= most)
            return;
        if (id != before)
            await RemoveAsync(request.Image, cancellation);
        throw new ImagePullException(
            request.Image, ImagePullFailure.TooLarge, $"The image '{request.Image}' has {size} bytes, and this node takes images of at most {most} (its bridge's --max-image-size).");
    }

    private async Task RemoveAsync(string image, CancellationToken cancellation)
    {
        try
        {
            await podman.Images.RemoveAsync(image, cancellation);
        }
        catch (PodmanException e) when (!e.IsUnanswered)
        {
            // A container has it: somebody else's, and not ours to touch.
        }
    }

    private sealed record FetchKey(string Image, RegistryCredential? Credential);
}
