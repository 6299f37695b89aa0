using Stromboli.Crds.Schema;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Nodes;

/// <summary>AgentNode is a machine with rootless Podman and a Stromboli bridge, which runs agents there.</summary>
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

    /// <summary>spec is the desired state of the node, set by an administrator.</summary>
    public AgentNodeSpec? Spec { get; init; }

    /// <summary>status is the observed state of the node. Only the operator writes it, from the reports of the node's bridge.</summary>
    public AgentNodeStatus? Status { get; init; }
}
