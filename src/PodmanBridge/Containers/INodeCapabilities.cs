namespace Stromboli.PodmanBridge.Containers;

/// <summary>What the node's engine and files can do for a container, according to the most recent check.</summary>
internal interface INodeCapabilities
{
    /// <summary>The limits that the engine enforces, out of <c>cpu</c>, <c>memory</c>, <c>pids</c> and <c>ephemeralStorage</c>.</summary>
    IReadOnlyCollection<string> EnforcedLimits { get; }

    /// <summary>The version of the node's Claude Code CLI; null if it is not known.</summary>
    string? CliVersion { get; }

    /// <summary>Checks again whether the engine can run containers, and reports the result to the operator.</summary>
    Task RecheckEngineAsync(CancellationToken cancellationToken);
}
