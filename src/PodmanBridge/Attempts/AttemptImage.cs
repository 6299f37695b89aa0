using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>The image of one attempt.</summary>
internal static class AttemptImage
{
    /// <summary>
    /// Finds or fetches it and returns the local one, which stays until the answer is disposed; by then there is to be a container.
    /// </summary>
    /// <exception cref="RunRefusedException">It cannot be had, or is for other machines.</exception>
    public static async Task<ImageUse> FetchAsync(
        AttemptSpec spec,
        IReadOnlyList<PullCredential> pull,
        SandboxServices services,
        CancellationToken cancellationToken
    )
    {
        var request = new ImageRequest(spec.Image, spec.ImagePullPolicy)
        {
            Namespace = spec.Namespace,
            HasSecrets = spec.PullsWithSecrets,
            Credentials = [.. pull.Select(credential => new RegistryCredential(credential.Username, credential.Password))],
        };
        try
        {
            var image = await services.Images.UseAsync(request, cancellationToken);
            services.Catalogue.Used(image.ID);
            // The shim says so too, later. An image that was not looked into yet is not waited for.
            if (
                spec.Claude is null
                || services.Catalogue.Find(image.ID) is not { Compatibility: ImageCompatibility.Incompatible, Message: { } why }
            )
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
