namespace Stromboli.Crds.Nodes;

/// <summary>The bounds of AgentNode's fields.</summary>
public static class NodeLimits
{
    /// <summary>The largest maxRuns.</summary>
    public const int MaxRuns = 1000;

    /// <summary>Labels in the spec.</summary>
    public const int Labels = 32;

    /// <summary>Names of limits that a node enforces.</summary>
    public const int EnforcedLimits = 16;

    /// <summary>
    /// The name of the disk limit among the enforced limits. It covers resources.limits.ephemeralStorage and workspace.emptyDir.sizeLimit.
    /// </summary>
    public const string StorageLimit = "ephemeralStorage";

    /// <summary>Paths that a node allows runs to mount.</summary>
    public const int AllowedVolumes = 64;

    /// <summary>Podman secrets that a node allows runs to use.</summary>
    public const int AllowedPodmanSecrets = 64;

    /// <summary>Images in the status.</summary>
    public const int Images = 50;

    /// <summary>Images to pull before a run needs them.</summary>
    public const int PrePullImages = 32;

    /// <summary>Labels of an image in the status.</summary>
    public const int ImageLabels = 16;

    /// <summary>Bytes of keys and values of an image's labels in the status.</summary>
    public const int ImageLabelBytes = 1024;

    /// <summary>Tools of an image in the status.</summary>
    public const int ImageTools = 32;

    /// <summary>Characters of an image's message.</summary>
    public const int ImageMessage = 512;

    /// <summary>The prefix of labels that a bridge reports about its node. Nobody else can set them.</summary>
    public const string ReportedLabelPrefix = "node.stromboli.dev/";

    /// <summary>The error message for a label under <see cref="ReportedLabelPrefix"/> in the spec.</summary>
    public const string ReportedLabelMessage =
        "must not have keys under node.stromboli.dev/, which are reserved for labels that the node reports";
}
