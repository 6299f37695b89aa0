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
    /// <summary>Finds or fetches an image. The local one stays until the answer is disposed; by then there is to be a container.</summary>
    /// <param name="spec">What runs.</param>
    /// <param name="pull">What the image's registry is shown.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RunRefusedException">It cannot be had, or is for other machines.</exception>
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
            // The shim says so too, later. An image that was not looked into yet is not waited for.
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
