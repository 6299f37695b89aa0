using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>The images of attempts.</summary>
internal interface IAttemptImages
{
    /// <summary>Finds or fetches an image. The local image stays until the answer is disposed. By then the container must exist.</summary>
    /// <param name="spec">What runs.</param>
    /// <param name="pull">The credentials for the image's registry.</param>
    /// <param name="cancellationToken">Cancels the fetch.</param>
    /// <exception cref="RunRefusedException">The image is not available, or is built for another architecture.</exception>
    Task<ImageUse> FetchAsync(AttemptSpec spec, IReadOnlyList<PullCredential> pull, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IAttemptImages"/>
internal sealed class AttemptImages(ImageFetcher images, ImageCatalogue catalogue) : IAttemptImages
{
    /// <inheritdoc/>
    public async Task<ImageUse> FetchAsync(AttemptSpec spec, IReadOnlyList<PullCredential> pull, CancellationToken cancellationToken)
    {
        var request = new ImageRequest(spec.Image, spec.ImagePullPolicy)
        {
            Namespace = spec.Namespace,
            HasSecrets = spec.PullsWithSecrets,
            Credentials = [.. pull.Select(credential => new RegistryCredential(credential.Username, credential.Password))],
        };
        try
        {
            var image = await images.UseAsync(request, cancellationToken);
            catalogue.Used(image.ID);
            // The shim also reports this, but later. This does not wait for an image that was not examined yet.
            if (spec.Claude is null || catalogue.Find(image.ID) is not { Compatibility: ImageCompatibility.Incompatible, Message: { } why })
            {
                return image;
            }

            image.Dispose();
            throw new RunRefusedException(RunReason.ImageIncompatible, why);
        }
        catch (ImagePullException e)
        {
            throw new RunRefusedException(
                e.Failure is ImagePullFailure.OtherPlatform ? RunReason.ImageIncompatible : RunReason.ImagePullFailed,
                e.Message,
                e
            );
        }
    }
}
