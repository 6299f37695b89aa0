using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>Something to remove when the disk is full.</summary>
internal abstract record DiskRemoval
{
    /// <summary>An image that nothing uses.</summary>
    internal sealed record Image(string ID) : DiskRemoval;

    /// <summary>A pull that is under way.</summary>
    internal sealed record Pull(string Name) : DiskRemoval;

    /// <summary>Workspace and HOME of an attempt that is over.</summary>
    internal sealed record Workspace(AttemptKey Key) : DiskRemoval;

    /// <summary>The log of an attempt that is over.</summary>
    internal sealed record Log(AttemptKey Key) : DiskRemoval;

    /// <summary>A running attempt, which is ended.</summary>
    internal sealed record Run(AttemptKey Key) : DiskRemoval;
}
