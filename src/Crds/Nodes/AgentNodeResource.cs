using Stromboli.Kubernetes;

namespace Stromboli.Crds.Nodes;

/// <summary>How the API server knows AgentNodes.</summary>
public static class AgentNodeResource
{
    /// <summary>For the Kubernetes client and informers.</summary>
    public static ResourceType<AgentNode> Type { get; } =
        new(
            ApiGroup.Name,
            ApiGroup.Version,
            "agentnodes",
            "AgentNode",
            false,
            CrdsJson.Default.AgentNode,
            CrdsJson.Default.KubeListAgentNode
        );
}
