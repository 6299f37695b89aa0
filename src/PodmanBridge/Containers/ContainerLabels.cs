namespace Stromboli.PodmanBridge.Containers;

/// <summary>The labels of containers and volumes.</summary>
internal static class ContainerLabels
{
    public const string Installation = "stromboli.dev/installation";
    public const string Node = "stromboli.dev/node";
    public const string RunUID = "stromboli.dev/run-uid";
    public const string Attempt = "stromboli.dev/attempt";
    public const string Namespace = "stromboli.dev/namespace";
    public const string Name = "stromboli.dev/name";

    public const string SessionUID = "stromboli.dev/session-uid";

    /// <summary>Whether the container's limits are enforced: <see cref="Enforced"/> or <see cref="Unenforced"/>.</summary>
    public const string Limits = "stromboli.dev/limits";

    public const string Enforced = "enforced";
    public const string Unenforced = "unenforced";

    /// <summary>
    /// The labels that select everything of a node. The node is included because two bridges of one installation may share an engine.
    /// </summary>
    public static IReadOnlyDictionary<string, string> OfNode(string installation, string node) =>
        new Dictionary<string, string> { [Installation] = installation, [Node] = node };
}
