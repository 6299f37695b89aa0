namespace Stromboli.Crds.Nodes;

/// <summary>The bounds of AgentNode's fields.</summary>
public static class NodeLimits
{
    /// <summary>Most runs at the same time that an admin can set.</summary>
    public const int MaxRuns = 1000;

    /// <summary>Labels that an admin can set.</summary>
    public const int Labels = 32;

    /// <summary>Names of limits that a node enforces.</summary>
    public const int EnforcedLimits = 16;

    /// <summary>
    /// The limit of a run's disk use, among the names of limits that a node enforces: what of resources.limits and workspace.emptyDir is on
    /// the disk.
    /// </summary>
    public const string StorageLimit = "ephemeralStorage";

    /// <summary>Paths that a node allows runs to mount.</summary>
    public const int AllowedVolumes = 64;

    /// <summary>Podman secrets that a node allows runs to have.</summary>
    public const int AllowedPodmanSecrets = 64;

    /// <summary>Images that are listed.</summary>
    public const int Images = 50;

    /// <summary>Images that an admin can have pulled ahead.</summary>
    public const int PrePullImages = 32;

    /// <summary>Labels of an image that are listed.</summary>
    public const int ImageLabels = 16;

    /// <summary>Bytes of keys and values of an image's labels that are listed.</summary>
    public const int ImageLabelBytes = 1024;

    /// <summary>Tools of an image that are listed.</summary>
    public const int ImageTools = 32;

    /// <summary>Characters of what is said of an image.</summary>
    public const int ImageMessage = 512;

    /// <summary>Prefix of the labels that say what a bridge tells of itself; nobody else may set them.</summary>
    public const string ReportedLabelPrefix = "node.stromboli.dev/";

    /// <summary>What the refusal of such a label says.</summary>
    public const string ReportedLabelSentence = "must not hold labels under node.stromboli.dev/, which are what the node says of itself";
}
