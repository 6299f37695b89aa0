using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Link;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>What every attempt of a node shares.</summary>
internal sealed class AttemptServices
{
    /// <summary>Where the attempts' folders are.</summary>
    public required string StateRoot { get; init; }

    /// <summary>The kernel's id of the present boot.</summary>
    public required string BootID { get; init; }

    /// <summary>What makes containers.</summary>
    public required SandboxServices Sandbox { get; init; }

    /// <summary>The users of workspaces.</summary>
    public required WorkspaceUsers Users { get; init; }

    /// <summary>The node's lease.</summary>
    public required NodeLease Lease { get; init; }

    /// <summary>What the operator has yet to learn.</summary>
    public required AttemptChanges Changes { get; init; }

    /// <summary>Clock, with timestamps of CLOCK_BOOTTIME.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>How much is kept of attempts that are over.</summary>
    public KeptLimits Kept { get; init; } = KeptLimits.Default;

    /// <summary>The log of all attempts.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>The timestamp at which a time from now is over.</summary>
    public long After(TimeSpan time) => Clock.GetTimestamp() + (long)(time.TotalSeconds * Clock.TimestampFrequency);
}
