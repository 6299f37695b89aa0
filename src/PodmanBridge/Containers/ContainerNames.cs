namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// The names of an attempt's container and volumes. They consist of installation, UID and attempt, never of the object's name.
/// </summary>
internal sealed record ContainerNames
{
    /// <summary>The suffix of the name of a git clone's container and of its run directory.</summary>
    public const string CloneSuffix = "-clone";

    /// <summary>The suffix of the name of a diff's container and of its run directory.</summary>
    public const string DiffSuffix = "-diff";

    /// <summary>The container.</summary>
    public required string Container { get; init; }

    /// <summary>The container that clones the workspace.</summary>
    public required string Cloner { get; init; }

    /// <summary>The container that compares the workspace with its commit.</summary>
    public required string Differ { get; init; }

    /// <summary>The volume of the workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>The volume of the agent's HOME.</summary>
    public required string Home { get; init; }

    /// <summary>Both volumes. If the attempt has a session, they are those of the session.</summary>
    public IReadOnlyList<string> Volumes => [Workspace, Home];

    /// <summary>Whether a container or a run directory is one that lives for one request.</summary>
    public static bool IsOfRequest(string name) => name.EndsWith(DiffSuffix, StringComparison.Ordinal);

    /// <summary>The names of one attempt.</summary>
    /// <param name="installation">The UID of the kube-system namespace.</param>
    /// <param name="uid">The UID of the AgentRun.</param>
    /// <param name="attempt">From 1.</param>
    /// <param name="session">The UID of the AgentSession that the attempt is part of; null for none.</param>
    public static ContainerNames Of(string installation, string uid, int attempt, string? session = null)
    {
        var prefix = $"stromboli-{installation[..Math.Min(8, installation.Length)]}";
        var name = $"{prefix}-{uid}-{attempt}";
        var volumes = session is null ? name : $"{prefix}-session-{session}";
        return new ContainerNames
        {
            Container = name,
            Cloner = name + CloneSuffix,
            Differ = name + DiffSuffix,
            Workspace = volumes + "-workspace",
            Home = volumes + "-home",
        };
    }
}
