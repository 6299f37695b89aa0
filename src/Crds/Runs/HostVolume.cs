namespace Stromboli.Crds.Runs;

/// <summary>A <see cref="VolumeSpec"/> with every default in its place.</summary>
public sealed record HostVolume
{
    /// <summary>What is mounted; an absolute path of the node.</summary>
    public required string HostPath { get; init; }

    /// <summary>Where it is in the container.</summary>
    public required string MountPath { get; init; }

    /// <summary>Whether the agent may only read it.</summary>
    public required bool ReadOnly { get; init; }

    /// <summary>Whether nothing in it can be run.</summary>
    public bool NoExec { get; init; }
}
