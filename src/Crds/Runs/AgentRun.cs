using Stromboli.Crds.Schema;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Runs;

/// <summary>AgentRun runs one prompt to completion. A coding agent runs it in a rootless Podman container on a node.</summary>
[CustomResource("AgentRun", "agentruns", "arun", Namespaced = true)]
[Column("Phase", "string", ".status.phase")]
[Column("Reason", "string", ".status.reason")]
[Column("Node", "string", ".status.nodeName")]
[Column("Cost", "string", ".status.usage.costUSD")]
[Column("Age", "date", ".metadata.creationTimestamp")]
[Column("Session", "string", ".spec.sessionRef.name", Wide = true)]
[Column("Model", "string", ".status.model", Wide = true)]
[Column("Turns", "integer", ".status.usage.turns", Wide = true)]
[Column("Tokens", "integer", ".status.usage.totalTokens", Wide = true)]
[Column("Duration", "string", ".status.duration", Wide = true)]
[Column("Message", "string", ".status.message", Wide = true)]
public sealed record AgentRun : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; init; } = ApiGroup.ApiVersion;

    /// <inheritdoc/>
    public string Kind { get; init; } = "AgentRun";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init; } = new();

    /// <summary>
    /// spec is the desired state of the run. It is immutable except for suspend, cancel, priority, ttlAfterFinished and
    /// deleteAfterFinished.
    /// </summary>
    [RequiredField]
    public AgentRunSpec? Spec { get; init; }

    /// <summary>status is the observed state of the run. Only the operator writes it.</summary>
    public AgentRunStatus? Status { get; init; }
}
