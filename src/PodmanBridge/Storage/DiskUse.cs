namespace Stromboli.PodmanBridge.Storage;

/// <summary>
/// What is on a disk that is short of space, and for whom. All amounts are in what there is too little of, bytes or inodes.
/// </summary>
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

    /// <summary>What else there is of a namespace. It counts, and is never removed: the volumes of sessions that have no run now.</summary>
    public IReadOnlyList<DiskKept> Kept { get; init; } = [];
}
