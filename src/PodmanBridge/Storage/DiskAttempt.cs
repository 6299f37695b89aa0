using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>What an attempt has on the disk.</summary>
/// <param name="Key">The attempt.</param>
/// <param name="Namespace">The namespace of its run.</param>
internal sealed record DiskAttempt(AttemptKey Key, string Namespace)
{
    /// <summary>Workspace and HOME; of one that runs also its log, and its share of its image.</summary>
    public long Amount { get; init; }

    /// <summary>Whether workspace and HOME of one that is over are still there.</summary>
    public bool HasVolumes { get; init; }

    /// <summary>The log of one that is over.</summary>
    public long Log { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset EndedAt { get; init; }
}
