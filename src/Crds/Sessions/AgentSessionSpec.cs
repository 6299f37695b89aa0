using System.Text.Json.Serialization;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Validation;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Sessions;

/// <summary>What all runs of the session have in common. Only suspend, idle and storageLimit may be changed later.</summary>
[ImmutableSpec]
[CelRule(SpecRules.VariablesDiffer, "{path}.secretsEnv " + Sentences.VariableTwice, Field = "secretsEnv")]
[CelRule(SpecRules.VolumesApart, "{path}.volumes " + Sentences.VolumeMeetsWorkspace, Field = "volumes")]
[CelRule(
    "!has(self.agent) || !has(self.agent.claude) || !(" + SpecRules.NamesConversation + ")",
    "{path}.agent.claude " + Sentences.SessionNamesNoConversation,
    Field = "agent.claude"
)]
public sealed record AgentSessionSpec
{
    /// <summary>
    /// How its runs run. OnDemand: each in a container of its own, with the HOME (and so the conversation) and the workspace that the one
    /// before left. OnDemand when absent.
    /// </summary>
    [OneOf(SessionLimits.OnDemand)]
    public string? Mode { get; init; }

    /// <summary>
    /// What runs, for runs that do not say so themselves: the Claude Code CLI or a command, one of the two. The CLI with its own defaults
    /// when absent.
    /// </summary>
    public AgentSpec? Agent { get; init; }

    /// <summary>
    /// Where the model is and who pays, for runs that do not say so themselves. The operator's own pair of the two when absent.
    /// </summary>
    public ModelSpec? Model { get; init; }

    /// <summary>
    /// Image of the containers, fully qualified: registry.example.com/team/agent:1.0. The operator's default when absent.
    /// </summary>
    [TextLength(1, RunLimits.Image)]
    [Pattern(Patterns.Image, Sentences.Image)]
    public string? Image { get; init; }

    /// <summary>
    /// When the node pulls the image. As for Kubernetes' containers when absent: Always with the tag latest or with neither tag nor digest,
    /// else IfNotPresent.
    /// </summary>
    [OneOf("Always", "IfNotPresent", "Never")]
    public string? ImagePullPolicy { get; init; }

    /// <summary>
    /// Secrets of the type kubernetes.io/dockerconfigjson with which the image is pulled, each annotated stromboli.dev/use-as: pull.
    /// </summary>
    [Items(RunLimits.PullSecrets)]
    [ListMap("name")]
    public List<SecretReference>? ImagePullSecrets { get; init; }

    /// <summary>
    /// The directory that the agents work in, kept on the session's node from run to run. A repository is cloned before the first run's
    /// agent, and then no more.
    /// </summary>
    public WorkspaceSpec? Workspace { get; init; }

    /// <summary>Working directory; an absolute path, created when missing. The workspace's mountPath when absent.</summary>
    [TextLength(1, RunLimits.Path)]
    [Pattern(Patterns.Path, Sentences.Path)]
    [CelRule("!self.matches(r'" + Patterns.ReservedPath + "')", "{path} " + Sentences.ReservedPath)]
    public string? Workdir { get; init; }

    /// <summary>
    /// Environment variables of the agents, at most 100. They reach them over the shim's socket and stand in no container configuration.
    /// </summary>
    [Items(RunLimits.Variables)]
    [ListMap("name")]
    public List<EnvVar>? Env { get; init; }

    /// <summary>Environment variables of the agents that are secrets of the node's Podman, at most 50.</summary>
    [Items(RunLimits.SecretVariables)]
    [ListMap("name")]
    public List<PodmanSecretVariable>? SecretsEnv { get; init; }

    /// <summary>
    /// Directories and files of the node in the containers, at most 16. Each needs the permission of the node's bridge (--allow-volume).
    /// </summary>
    [Items(RunLimits.Volumes)]
    [ListMap("mountPath")]
    [CelRule(
        "!self.exists(outer, self.exists(inner, inner.mountPath != outer.mountPath && inner.mountPath.startsWith(outer.mountPath + '/')))",
        "{path} " + Sentences.VolumesMeet
    )]
    public List<VolumeSpec>? Volumes { get; init; }

    /// <summary>What each run's container may use of its node.</summary>
    public ResourceSpec? Resources { get; init; }

    /// <summary>
    /// Commands that run before the agent: onCreate and postCreate until an agent of the session has started once, postStart in each run.
    /// </summary>
    public LifecycleSpec? Lifecycle { get; init; }

    /// <summary>
    /// No field of the API: how many bytes the whole spec has as JSON, if this is only the part that is kept in memory; null for a spec
    /// that is whole.
    /// </summary>
    [JsonIgnore]
    public int? AbridgedFrom { get; init; }

    /// <summary>
    /// No field of the API: the first thing that is wrong with the whole spec, if this is only a part of it; null if nothing is.
    /// </summary>
    [JsonIgnore]
    public SpecError? Problem { get; init; }

    /// <summary>Labels that the node of the first run must have, with these values. The runs after it go to the same node.</summary>
    [Entries(RunLimits.Selectors, RunLimits.LabelValue)]
    [Pattern(Patterns.LabelValue, Sentences.LabelValue)]
    [CelRule("self.all(key, key.matches(r'" + Patterns.LabelKey + "'))", "{path} " + Sentences.LabelKey)]
    public Dictionary<string, string>? NodeSelector { get; init; }

    /// <summary>The one AgentNode that may have the session. Any that the nodeSelector matches when absent.</summary>
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.DnsSubdomain, Sentences.DnsSubdomain)]
    public string? NodeName { get; init; }

    /// <summary>
    /// What HOME and workspace together, with the log of the run under way, may take of the node's disk. A run that takes more ends with
    /// StorageLimitExceeded, and so does each after it until the limit is raised. 5Gi when absent.
    /// </summary>
    [Mutable]
    [QuantityBounds(RunLimits.MinStorage, RunLimits.MaxStorage)]
    public Quantity? StorageLimit { get; init; }

    /// <summary>What becomes of a session that is not used.</summary>
    [Mutable]
    public SessionIdle? Idle { get; init; }

    /// <summary>True: no further run of the session begins until it is false again. The run that is under way comes to its end.</summary>
    [Mutable]
    public bool? Suspend { get; init; }
}
