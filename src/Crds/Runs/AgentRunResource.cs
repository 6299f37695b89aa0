using Stromboli.Kubernetes;

namespace Stromboli.Crds.Runs;

/// <summary>How the API server knows AgentRuns.</summary>
public static class AgentRunResource
{
    /// <summary>For the Kubernetes client and informers.</summary>
    public static ResourceType<AgentRun> Type { get; } =
        new(ApiGroup.Name, ApiGroup.Version, "agentruns", "AgentRun", true, CrdsJson.Default.AgentRun, CrdsJson.Default.KubeListAgentRun);
}
