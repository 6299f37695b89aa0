namespace Stromboli.PodmanBridge.Containers;

/// <summary>What the shim reports about itself and the container, before it runs anything of the tenant's.</summary>
internal sealed record ShimHello
{
    /// <summary>The shim waits to be let go. Nothing of the tenant's has run.</summary>
    public const string Waiting = "waiting";

    /// <summary>The hooks run.</summary>
    public const string Hooks = "hooks";

    /// <summary>The agent runs.</summary>
    public const string Running = "running";

    /// <summary>The agent has ended, or could not be started.</summary>
    public const string Exited = "exited";

    /// <summary>The protocol's version.</summary>
    public int Version { get; init; }

    /// <summary><see cref="Waiting"/>, <see cref="Hooks"/>, <see cref="Running"/> or <see cref="Exited"/>.</summary>
    public required string State { get; init; }

    /// <summary>The identity of each mount.</summary>
    public IReadOnlyList<ShimMount> Mounts { get; init; } = [];

    /// <summary>Whether the CLI exists and its interpreter does too.</summary>
    public ShimCli? Cli { get; init; }

    /// <summary>The last record of a start or end; null if there is none yet.</summary>
    public ShimRecord? Record { get; init; }
}
