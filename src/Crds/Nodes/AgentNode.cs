using Stromboli.Crds.Schema;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Nodes;

/// <summary>A machine with rootless Podman and a bridge that runs agents there.</summary>
[CustomResource("AgentNode", "agentnodes", "anode")]
[Column("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[Column("Runs", "string", ".status.runs")]
[Column("CPU", "string", ".status.capacity.cpu")]
[Column("Memory", "string", ".status.capacity.memory")]
[Column("Podman", "string", ".status.podmanVersion")]
[Column("Age", "date", ".metadata.creationTimestamp")]
public sealed record AgentNode : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; init; } = ApiGroup.ApiVersion;

    /// <inheritdoc/>
    public string Kind { get; init; } = "AgentNode";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init; } = new();

    /// <summary>What an admin wants of the node.</summary>
    public AgentNodeSpec? Spec { get; init; }

    /// <summary>What the node is and does. Written only by the operator, from what the node's bridge reports.</summary>
    public AgentNodeStatus? Status { get; init; }
}
