using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>
/// Whether the node's disk has less free space than the floor, so that the node takes no new runs. The pressure ends when an eighth more
/// than the floor is free, so that it does not flap.
/// </summary>
/// <param name="floor">The floor: what is to stay free.</param>
internal sealed class DiskPressure(FreeSpace floor) : IDiskSpace
{
    private volatile bool _present;

    /// <summary>Whether the disk is under pressure.</summary>
    public bool Present => _present;

    /// <summary>The floor: what is to stay free.</summary>
    public FreeSpace Floor => floor;

    /// <summary>
    /// The pressure as a sentence; null if there is none. The sentence does not say how much is left, because that changes constantly.
    /// </summary>
    public string? Sentence =>
        _present
            ? $"The node's disk has less free than {StorageRules.FloorText(floor)}; it takes runs again when it has an eighth more than that."
            : null;

    /// <inheritdoc/>
    string? IDiskSpace.Shortage => Sentence;

    /// <summary>Takes what the disk has free now.</summary>
    /// <returns>Whether <see cref="Present"/> changed.</returns>
    public bool Update(FreeSpace now)
    {
        var present = StorageRules.IsPressed(_present, now, floor);
        var changed = present != _present;
        _present = present;
        return changed;
    }
}
