namespace Stromboli.Crds.Nodes;

/// <summary>The condition types of an AgentNode.</summary>
public static class NodeConditions
{
    /// <summary>The node's bridge is connected and its Podman answers.</summary>
    public const string Ready = "Ready";

    /// <summary>New runs can be scheduled to the node.</summary>
    public const string Schedulable = "Schedulable";

    /// <summary>The node has less free disk space than its bridge reserves, and accepts no new runs.</summary>
    public const string DiskPressure = "DiskPressure";

    /// <summary>All images of spec.prePullImages are on the node. Absent if the list is empty.</summary>
    public const string ImagesPulled = "ImagesPulled";
}
