using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>An attempt whose container runs, as far as its place on the disk is concerned.</summary>
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

    /// <summary>Told of each measurement; null if nobody wants to know.</summary>
    public Action<StorageUsage>? Measured { get; init; }

    /// <summary>Ends it, for a reason in a sentence.</summary>
    public required Action<string> End { get; init; }
}
