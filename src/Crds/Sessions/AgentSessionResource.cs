using Stromboli.Kubernetes;

namespace Stromboli.Crds.Sessions;

/// <summary>How the API server knows AgentSessions.</summary>
public static class AgentSessionResource
{
    /// <summary>For the Kubernetes client and informers.</summary>
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
