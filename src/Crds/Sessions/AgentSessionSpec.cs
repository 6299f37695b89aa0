using System.Text.Json.Serialization;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Sessions;

/// <summary>The desired state of an AgentSession: what all its runs have in common.</summary>
[ImmutableSpec]
[CelRule(SpecRules.VariablesDiffer, "{path}.secretsEnv " + Messages.VariableTwice, Field = "secretsEnv")]
[CelRule(SpecRules.VolumesApart, "{path}.volumes " + Messages.VolumeMeetsWorkspace, Field = "volumes")]
[CelRule(
    "!has(self.agent) || !has(self.agent.claude) || !(" + SpecRules.NamesConversation + ")",
    "{path}.agent.claude " + Messages.SessionNamesNoConversation,
    Field = "agent.claude"
)]
public sealed record AgentSessionSpec
{
    /// <summary>
    /// mode is how the runs of the session run. OnDemand runs each in a container of its own, with the HOME (and so the conversation) and
    /// the workspace that the previous run left. Defaults to OnDemand.
    /// </summary>
    [OneOf(SessionLimits.OnDemand)]
    public string? Mode { get; init; }

    /// <summary>
    /// agent selects what runs in the container, for runs that do not set agent: the Claude Code CLI or a command. If unset, the CLI runs
    /// with its own defaults.
    /// </summary>
    public AgentSpec? Agent { get; init; }

    /// <summary>
    /// model selects the model endpoint and the credential for it, for runs that do not set model. If unset, the operator's own endpoint
    /// and credential are used.
    /// </summary>
    public ModelSpec? Model { get; init; }

    /// <summary>
    /// image is the container image, as a fully qualified name such as registry.example.com/team/agent:1.0. If unset, the operator's
    /// default image is used.
    /// </summary>
    [TextLength(1, RunLimits.Image)]
    [Pattern(Patterns.Image, Messages.Image)]
    public string? Image { get; init; }

    /// <summary>
    /// imagePullPolicy is when the node pulls the image. If unset, it is Always for the tag latest and for a name with neither tag nor
    /// digest, and IfNotPresent otherwise, as for a Kubernetes container.
    /// </summary>
    [OneOf("Always", "IfNotPresent", "Never")]
    public string? ImagePullPolicy { get; init; }

    /// <summary>
    /// imagePullSecrets are the Secrets of type kubernetes.io/dockerconfigjson that authenticate the image pull. Each needs the annotation
    /// stromboli.dev/use-as: pull.
    /// </summary>
    [Items(RunLimits.PullSecrets)]
    [ListMap("name")]
    public List<SecretReference>? ImagePullSecrets { get; init; }

    /// <summary>
    /// workspace configures the directory that the agents work in. The session's node keeps it from run to run. A Git repository is cloned
    /// only until an agent of the session has run to its end.
    /// </summary>
    [CelRule("!has(self.git) || !has(self.git.push) || !has(self.git.push.onSuccess)", "{path} " + Messages.NoPushOnSuccess)]
    public WorkspaceSpec? Workspace { get; init; }

    /// <summary>
    /// workdir is the working directory of the agents, as an absolute path. It is created if it does not exist. If unset, it is the
    /// workspace's mountPath.
    /// </summary>
    [TextLength(1, RunLimits.Path)]
    [Pattern(Patterns.Path, Messages.Path)]
    [CelRule("!self.matches(r'" + Patterns.ReservedPath + "')", "{path} " + Messages.ReservedPath)]
    public string? Workdir { get; init; }

    /// <summary>
    /// env is the list of environment variables to set for the agents, at most 100. Their values do not appear in the containers'
    /// configuration.
    /// </summary>
    [Items(RunLimits.Variables)]
    [ListMap("name")]
    public List<EnvVar>? Env { get; init; }

    /// <summary>secretsEnv is the list of environment variables whose values are Podman secrets of the node, at most 50.</summary>
    [Items(RunLimits.SecretVariables)]
    [ListMap("name")]
    public List<PodmanSecretVariable>? SecretsEnv { get; init; }

    /// <summary>
    /// volumes is the list of directories and files of the node to mount into the containers, at most 16. The node's bridge must allow each
    /// of them with --allow-volume.
    /// </summary>
    [Items(RunLimits.Volumes)]
    [ListMap("mountPath")]
    [CelRule(
        "!self.exists(outer, self.exists(inner, inner.mountPath != outer.mountPath && inner.mountPath.startsWith(outer.mountPath + '/')))",
        "{path} " + Messages.VolumesMeet
    )]
    public List<VolumeSpec>? Volumes { get; init; }

    /// <summary>resources are the compute resources of each run's container.</summary>
    public ResourceSpec? Resources { get; init; }

    /// <summary>
    /// lifecycle configures commands that run before the agent. postStart runs in each run. onCreate and postCreate run until an agent of
    /// the session has run to its end.
    /// </summary>
    public LifecycleSpec? Lifecycle { get; init; }

    /// <summary>
    /// The size of the whole spec as JSON, in bytes, if this is only the part that the operator keeps in memory; null if the spec is whole.
    /// Not a field of the API.
    /// </summary>
    [JsonIgnore]
    public int? AbridgedFrom { get; init; }

    /// <summary>
    /// The first validation error of the whole spec, if this is only a part of it; null if the whole spec is valid. Not a field of the API.
    /// </summary>
    [JsonIgnore]
    public SpecError? Problem { get; init; }

    /// <summary>
    /// nodeSelector lists the labels, with their values, that the node of the session's first run must have. Later runs go to the same
    /// node.
    /// </summary>
    [Entries(RunLimits.Selectors, RunLimits.LabelValue)]
    [Pattern(Patterns.LabelValue, Messages.LabelValue)]
    [CelRule("self.all(key, key.matches(r'" + Patterns.LabelKey + "'))", "{path} " + Messages.LabelKey)]
    public Dictionary<string, string>? NodeSelector { get; init; }

    /// <summary>
    /// nodeName is the name of the AgentNode that must run the session. If unset, any node that matches nodeSelector can run it.
    /// </summary>
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.DnsSubdomain, Messages.DnsSubdomain)]
    public string? NodeName { get; init; }

    /// <summary>
    /// storageLimit is the maximum disk space of HOME, workspace and the log of the current run together. A run that exceeds it ends with
    /// StorageLimitExceeded, and so does every later run until the limit is raised. Defaults to 5Gi.
    /// </summary>
    [Mutable]
    [QuantityBounds(RunLimits.MinStorage, RunLimits.MaxStorage)]
    public Quantity? StorageLimit { get; init; }

    /// <summary>idle configures what happens to a session that is not used.</summary>
    [Mutable]
    public SessionIdle? Idle { get; init; }

    /// <summary>suspend, if true, keeps further runs of the session from starting. The current run continues. Defaults to false.</summary>
    [Mutable]
    public bool? Suspend { get; init; }
}

/// <summary>What happens to a session that is not used.</summary>
public sealed record SessionIdle
{
    /// <summary>
    /// deleteAfter is how long the session can be without a running or waiting run before the AgentSession is deleted, together with HOME
    /// and workspace on its node. If unset, the session is never deleted: Argo CD and Flux would create it again, without its data.
    /// </summary>
    [DurationBounds(RunLimits.MinTimeout, RunLimits.MaxTtl)]
    public GoDuration? DeleteAfter { get; init; }
}
