using Stromboli.Crds.Runs;
using Stromboli.Podman;

namespace Stromboli.PodmanBridge.Images;

/// <summary>An image to fetch, and for whom.</summary>
/// <param name="Image">The name, as the run has it.</param>
/// <param name="Policy">When to ask the registry.</param>
internal sealed record ImageRequest(string Image, ImagePullPolicy Policy)
{
    /// <summary>The namespace of the run; null for the node itself, which pulls ahead for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether the run names Secrets to pull with.</summary>
    public bool HasSecrets { get; init; }

    /// <summary>
    /// The credentials to try in order until the registry accepts one; empty for an anonymous pull. Never the node's own.
    /// </summary>
    public IReadOnlyList<RegistryCredential> Credentials { get; init; } = [];
}
