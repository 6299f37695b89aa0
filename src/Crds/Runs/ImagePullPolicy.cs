namespace Stromboli.Crds.Runs;

/// <summary>When a node pulls an image (corev1 <c>PullPolicy</c>).</summary>
public enum ImagePullPolicy
{
    /// <summary>If the node does not have it.</summary>
    IfNotPresent,

    /// <summary>Each time.</summary>
    Always,

    /// <summary>Not at all: without it on the node the run fails.</summary>
    Never,
}
