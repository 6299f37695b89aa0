using Stromboli.Crds.Schema;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Sessions;

/// <summary>
/// AgentSession is a conversation and a workspace that are kept from one run to the next. AgentRuns join it with sessionRef and run one
/// after another.
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

    /// <summary>spec is the desired state of the session. It is immutable except for suspend, idle and storageLimit.</summary>
    [RequiredField]
    public AgentSessionSpec? Spec { get; init; }

    /// <summary>status is the observed state of the session. Only the operator writes it.</summary>
    public AgentSessionStatus? Status { get; init; }
}
