using Stromboli.Crds.Nodes;
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
    public static async Task<string> FetchAsync(AttemptSpec spec, IReadOnlyList<PullCredential> pull, SandboxServices services, CancellationToken cancellationToken)
    {
        var request = new ImageRequest(spec.Image, spec.ImagePullPolicy)
        {
            Namespace = spec.Namespace,
            HasSecrets = spec.PullsWithSecrets,
            Credentials = [.. pull.Select(credential => new RegistryCredential(credential.Username, credential.Password))],
        };
        try
        {
            var id = await services.Images.EnsureAsync(request, cancellationToken);
            services.Catalogue.Used(id);
            // The shim says so too, later. An image that was not looked into yet is not waited for.
            return spec.Claude is not null && services.Catalogue.Find(id) is { Compatibility: ImageCompatibility.Incompatible, Message: { } why }
                ? throw new AttemptRefusedException(RunReason.ImageIncompatible, why)
                : id;
        }
        catch (ImagePullException e)
        {
            throw new AttemptRefusedException(e.Failure is ImagePullFailure.OtherPlatform ? RunReason.ImageIncompatible : RunReason.ImagePullFailed, e.Message, e);
        }
    }
}
