namespace Stromboli.Crds.Runs;

/// <summary>What the container may use of its node.</summary>
public sealed record ResourceSpec
{
    /// <summary>Limits of the container. A node that cannot enforce them is not used.</summary>
    public ResourceLimits? Limits { get; init; }
}
