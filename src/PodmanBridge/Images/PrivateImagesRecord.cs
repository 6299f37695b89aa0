namespace Stromboli.PodmanBridge.Images;

/// <summary>What of <see cref="PrivateImages"/> is on disk. Holds no credential, nor anything made of one.</summary>
internal sealed record PrivateImagesRecord
{
    /// <summary>The images that came with a credential, by id, each with the namespaces that have shown one.</summary>
    public Dictionary<string, List<string>> Private { get; init; } = [];

    /// <summary>
    /// The repositories from which something is being fetched with a credential, each with the ids of all images that were there before.
    /// </summary>
    public Dictionary<string, List<string>> Pending { get; init; } = [];
}
