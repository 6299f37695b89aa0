using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>What is on a disk that is short of space, and for whom. Amounts are in the unit that is short, bytes or inodes.</summary>
internal sealed record DiskUse
{
    /// <summary>Whether less is left than the floor, rather than less than an eighth more than that.</summary>
    public bool IsLow { get; init; }

    /// <summary>The floor.</summary>
    public long Floor { get; init; }

    /// <summary>The images that this bridge pulled and nothing uses.</summary>
    public IReadOnlyList<DiskImage> Images { get; init; } = [];

    /// <summary>The pulls that are under way. How much they take is not known.</summary>
    public IReadOnlyList<DiskPull> Pulls { get; init; } = [];

    /// <summary>The attempts that are over.</summary>
    public IReadOnlyList<DiskAttempt> Finished { get; init; } = [];

    /// <summary>The attempts that have a container.</summary>
    public IReadOnlyList<DiskAttempt> Running { get; init; } = [];

    /// <summary>What a namespace has that counts but is never removed: the volumes of sessions without a run.</summary>
    public IReadOnlyList<DiskKept> Kept { get; init; } = [];
}

/// <summary>What an attempt has on the disk.</summary>
/// <param name="Key">The attempt.</param>
/// <param name="Namespace">The namespace of its run.</param>
internal sealed record DiskAttempt(AttemptKey Key, string Namespace)
{
    /// <summary>Workspace and HOME; for a running attempt also its log and its share of its image.</summary>
    public long Amount { get; init; }

    /// <summary>Whether workspace and HOME of a finished attempt still exist.</summary>
    public bool HasVolumes { get; init; }

    /// <summary>The log of a finished attempt.</summary>
    public long Log { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset EndedAt { get; init; }
}

/// <summary>An image that nothing uses.</summary>
/// <param name="ID">The image.</param>
/// <param name="LastUse">When a run last had it.</param>
/// <param name="IsDesired">Whether an admin desires it on the node before a run needs it.</param>
internal sealed record DiskImage(string ID, DateTimeOffset LastUse, bool IsDesired = false);

/// <summary>A pull that is under way.</summary>
/// <param name="Image">The image's name.</param>
/// <param name="Began">When it began, as a timestamp.</param>
internal sealed record DiskPull(string Image, long Began);

/// <summary>What is never removed.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Amount">The amount.</param>
internal sealed record DiskKept(string Namespace, long Amount);
