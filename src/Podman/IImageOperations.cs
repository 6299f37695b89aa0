using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>Images: <c>/libpod/images</c>.</summary>
public interface IImageOperations
{
    /// <summary>Reads a local image (<c>GET images/{name}/json</c>).</summary>
    /// <param name="reference">The image's name or id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The image; null if it is not on the host.</returns>
    /// <exception cref="PodmanException">The engine did not answer, or answered with an error.</exception>
    Task<ImageInspection?> InspectAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Lists local images (<c>GET images/json</c>).</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The images.</returns>
    /// <exception cref="PodmanException">The engine did not answer, or answered with an error.</exception>
    Task<IReadOnlyList<ImageSummary>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Pulls an image (<c>POST images/pull</c>). The credentials that the engine's own user has stored are never used. There is no time
    /// limit.
    /// </summary>
    /// <param name="reference">A fully qualified name.</param>
    /// <param name="policy"><c>always</c>, <c>missing</c>, <c>newer</c> or <c>never</c>.</param>
    /// <param name="credential">The credential for the registry; null for an anonymous pull.</param>
    /// <param name="progress">Receives each line of progress; null to ignore them.</param>
    /// <param name="cancellationToken">Ends the wait and the pull.</param>
    /// <returns>The image's id.</returns>
    /// <exception cref="PodmanException">The pull failed; the message is the registry's or the engine's.</exception>
    Task<string> PullAsync(
        string reference,
        string policy,
        RegistryCredential? credential,
        IProgress<string>? progress,
        CancellationToken cancellationToken
    );

    /// <summary>Removes a name from a local image, and the image with its last name (<c>DELETE images/{name}</c>).</summary>
    /// <param name="reference">The image's name, or the id of an image without a name.</param>
    /// <param name="cancellationToken">Ends the call; the engine may still remove the name.</param>
    /// <returns>False if there was no such image.</returns>
    /// <exception cref="PodmanException">The name was not removed; a container may use the image.</exception>
    Task<bool> RemoveAsync(string reference, CancellationToken cancellationToken);
}
