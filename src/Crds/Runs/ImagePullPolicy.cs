namespace Stromboli.Crds.Runs;

/// <summary>When a node pulls an image (corev1 <c>PullPolicy</c>).</summary>
public enum ImagePullPolicy
{
    /// <summary>Only if the node does not have it.</summary>
    IfNotPresent,

    /// <summary>For every attempt.</summary>
    Always,

    /// <summary>Never: the run fails if the node does not have it.</summary>
    Never,
}
