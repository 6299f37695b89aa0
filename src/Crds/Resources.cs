using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;

namespace Stromboli.Crds;

/// <summary>The API resource of AgentRuns.</summary>
public static class AgentRunResource
{
    /// <summary>The resource type, for the Kubernetes client and informers.</summary>
    public static ResourceType<AgentRun> Type { get; } =
        new(ApiGroup.Name, ApiGroup.Version, "agentruns", "AgentRun", true, CrdsJson.Default.AgentRun, CrdsJson.Default.KubeListAgentRun);
}

/// <summary>The API resource of AgentSessions.</summary>
public static class AgentSessionResource
{
    /// <summary>The resource type, for the Kubernetes client and informers.</summary>
    public static ResourceType<AgentSession> Type { get; } =
        new(
            ApiGroup.Name,
            ApiGroup.Version,
            "agentsessions",
            "AgentSession",
            true,
            CrdsJson.Default.AgentSession,
            CrdsJson.Default.KubeListAgentSession
        );
}

/// <summary>The API resource of AgentNodes.</summary>
public static class AgentNodeResource
{
    /// <summary>The resource type, for the Kubernetes client and informers.</summary>
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
