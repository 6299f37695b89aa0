using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Podman;

namespace Stromboli.PodmanBridge.Runs;

/// <summary>The image of one attempt.</summary>
internal static class AttemptImage
{
    /// <summary>Finds or fetches it and returns the id of the local one.</summary>
    /// <exception cref="AttemptRefusedException">It cannot be had, or is for other machines.</exception>
    public static async Task<string> FetchAsync(AttemptSpec spec, IReadOnlyList<PullCredential> pull, ImageFetcher images, CancellationToken cancellationToken)
    {
        var request = new ImageRequest(spec.Image, spec.ImagePullPolicy)
        {
            Namespace = spec.Namespace,
            HasSecrets = spec.PullsWithSecrets,
            Credentials = [.. pull.Select(credential => new RegistryCredential(credential.Username, credential.Password))],
        };
        try
        {
            return await images.EnsureAsync(request, cancellationToken);
        }
        catch (ImagePullException e)
        {
            throw new AttemptRefusedException(e.Failure is ImagePullFailure.OtherPlatform ? RunReason.ImageIncompatible : RunReason.ImagePullFailed, e.Message, e);
        }
    }
}
