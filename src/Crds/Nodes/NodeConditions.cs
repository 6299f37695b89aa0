namespace Stromboli.Crds.Nodes;

/// <summary>Types of an AgentNode's conditions.</summary>
public static class NodeConditions
{
    /// <summary>True: the node's bridge is connected and its Podman answers.</summary>
    public const string Ready = "Ready";

    /// <summary>True: new runs may be placed there.</summary>
    public const string Schedulable = "Schedulable";

    /// <summary>True: every image of spec.prePullImages is there. Absent when there are none.</summary>
    public const string ImagesPulled = "ImagesPulled";
}
