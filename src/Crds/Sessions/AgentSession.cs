using Stromboli.Crds.Schema;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Sessions;

/// <summary>
/// A conversation and a workspace that outlive one run. AgentRuns take part in it by their sessionRef, one after another.
/// </summary>
[CustomResource("AgentSession", "agentsessions", "asess", Namespaced = true)]
[Column("Phase", "string", ".status.phase")]
[Column("Node", "string", ".status.nodeName")]
[Column("Turns", "integer", ".status.turns")]
[Column("Queue", "integer", ".status.queueLength")]
[Column("Cost", "string", ".status.usage.costUSD")]
[Column("Last-Activity", "date", ".status.lastActivityTime")]
[Column("Age", "date", ".metadata.creationTimestamp")]
[Column("Reason", "string", ".status.reason", Wide = true)]
[Column("Run", "string", ".status.activeRun.name", Wide = true)]
[Column("Message", "string", ".status.message", Wide = true)]
public sealed record AgentSession : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; init; } = ApiGroup.ApiVersion;

    /// <inheritdoc/>
    public string Kind { get; init; } = "AgentSession";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init; } = new();

    /// <summary>What all runs of the session have in common. Only suspend, idle and storageLimit may be changed later.</summary>
    [RequiredField]
    public AgentSessionSpec? Spec { get; init; }

    /// <summary>What became of it. Written only by the operator.</summary>
    public AgentSessionStatus? Status { get; init; }
}
