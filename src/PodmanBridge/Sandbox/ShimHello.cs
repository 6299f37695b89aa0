namespace Stromboli.PodmanBridge.Sandbox;

/// <summary>What the shim says of itself and of the container, before it runs anything of the tenant's.</summary>
internal sealed record ShimHello
{
    /// <summary>The protocol's version.</summary>
    public int Version { get; init; }

    /// <summary><c>waiting</c>, <c>hooks</c>, <c>running</c> or <c>exited</c>.</summary>
    public required string State { get; init; }

    /// <summary>The identity of each mount.</summary>
    public IReadOnlyList<ShimMount> Mounts { get; init; } = [];

    /// <summary>Whether the CLI is there and can be interpreted.</summary>
    public ShimCli? Cli { get; init; }

    /// <summary>The last record of a start or end; null while there is none.</summary>
    public ShimRecord? Record { get; init; }
}
