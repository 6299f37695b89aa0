namespace Stromboli.Crds.Nodes;

/// <summary>Types of an AgentNode's conditions.</summary>
public static class NodeConditions
{
    /// <summary>True: the node's bridge is connected and its Podman answers.</summary>
    public const string Ready = "Ready";

    /// <summary>True: new runs may be placed there.</summary>
    public const string Schedulable = "Schedulable";

    /// <summary>True: the node's disk has less free than its bridge keeps free, and takes no new runs.</summary>
    public const string DiskPressure = "DiskPressure";

    /// <summary>True: every image of spec.prePullImages is there. Absent when there are none.</summary>
    public const string ImagesPulled = "ImagesPulled";
}
