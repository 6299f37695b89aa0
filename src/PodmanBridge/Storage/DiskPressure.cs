using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>
/// Whether the node's disk has less free than is to be kept free, so that it takes no new runs. It must have an eighth more before that is
/// over, or it would come and go.
/// </summary>
/// <param name="floor">What is to be kept free.</param>
internal sealed class DiskPressure(FreeSpace floor) : IDiskSpace
{
    private volatile bool _present;

    /// <summary>Whether it has.</summary>
    public bool Present => _present;

    /// <summary>What is to be kept free.</summary>
    public FreeSpace Floor => floor;

    /// <summary>What is said of it; null when the disk has enough. Always the same words: how much is left changes all the time.</summary>
    public string? Sentence =>
        _present
            ? $"The node's disk has less free than {StorageRules.FloorText(floor)}; it takes runs again when it has an eighth more than that."
            : null;

    /// <inheritdoc/>
    string? IDiskSpace.Shortage => Sentence;

    /// <summary>What the disk has now.</summary>
    /// <returns>Whether that changes anything.</returns>
    public bool Update(FreeSpace now)
    {
        var present = StorageRules.IsPressed(_present, now, floor);
        var changed = present != _present;
        _present = present;
        return changed;
    }
}
