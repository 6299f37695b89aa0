using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>An attempt whose container runs, as storage sees it.</summary>
internal sealed record StorageTenant
{
    /// <summary>The attempt.</summary>
    public required AttemptKey Key { get; init; }

    /// <summary>The namespace of the run.</summary>
    public required string Namespace { get; init; }

    /// <summary>The container's first process.</summary>
    public required int Pid { get; init; }

    /// <summary>Its volumes.</summary>
    public required IReadOnlyList<RunVolume> Volumes { get; init; }

    /// <summary>Where the workspace is mounted.</summary>
    public required string Workspace { get; init; }

    /// <summary>The file that the engine writes its output to.</summary>
    public required string LogPath { get; init; }

    /// <summary>The file that the gateway counts its model requests in; it counts with the log. Null when there is none.</summary>
    public string? LedgerPath { get; init; }

    /// <summary>Its limits.</summary>
    public required StorageLimits Limits { get; init; }

    /// <summary>Receives each measurement; null to ignore them.</summary>
    public Action<StorageUsage>? Measured { get; init; }

    /// <summary>Ends the run. The reason is a sentence.</summary>
    public required Action<string> End { get; init; }
}

/// <summary>A volume of a run: an own directory on the node's disk.</summary>
/// <param name="Directory">The directory on the node.</param>
/// <param name="MountPoint">The path in the container.</param>
internal sealed record RunVolume(string Directory, string MountPoint);

/// <summary>What a run may take of its node's disk, in bytes; null for no limit of its own.</summary>
/// <param name="Workspace"><c>workspace.emptyDir.sizeLimit</c>.</param>
/// <param name="Total"><c>resources.limits.ephemeralStorage</c>.</param>
/// <param name="Session"><c>storageLimit</c> of the session.</param>
internal sealed record StorageLimits(long? Workspace, long? Total, long? Session = null)
{
    /// <summary>Whether there is any.</summary>
    public bool Any => Workspace is not null || Total is not null || Session is not null;

    /// <summary>
    /// The number of bytes at which measuring can stop because one of the limits is certainly exceeded; null without a limit.
    /// </summary>
    public long? Enough => Any ? Math.Max(Session ?? 0, Math.Max(Workspace ?? 0, Total ?? 0)) : null;
}
