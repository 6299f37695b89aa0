namespace Stromboli.PodmanBridge.Containers;

/// <summary>A hook that succeeded, as the shim reports it.</summary>
internal sealed record ShimHookDone
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public long Ms { get; init; }
}
