using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>libpod's images.</summary>
internal interface IImageOperations
{
    /// <summary>The local image of that name or id; null if there is none.</summary>
    Task<ImageInspection?> InspectAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Every local image.</summary>
    Task<IReadOnlyList<ImageSummary>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Fetches an image from its registry, without any credential of the node's own, and returns its id.</summary>
    /// <param name="reference">A fully qualified name.</param>
    /// <param name="policy">libpod's <c>policy</c>: <c>always</c>, <c>missing</c>, <c>newer</c> or <c>never</c>.</param>
    /// <param name="credential">What the registry is shown; null for nothing.</param>
    /// <param name="progress">Told each line of progress.</param>
    /// <param name="cancellationToken">Ends the wait and the fetch.</param>
    /// <exception cref="PodmanException">The image could not be fetched; the message is the registry's or the engine's.</exception>
    Task<string> PullAsync(
        string reference,
        string policy,
        RegistryCredential? credential,
        IProgress<string>? progress,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Takes the name from a local image, and the image away if it was its last and no container has it; false if there was none.
    /// </summary>
    /// <exception cref="PodmanException">Also when a container has it.</exception>
    Task<bool> RemoveAsync(string reference, CancellationToken cancellationToken);
}
