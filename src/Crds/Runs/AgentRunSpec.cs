using System.Text.Json.Serialization;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>The desired state of an AgentRun.</summary>
[ImmutableSpec]
[CelRule("has(self.prompt) || has(self.promptFrom)", "{path}.prompt " + Messages.PromptRequired, Field = "prompt")]
[CelRule("!has(self.prompt) || !has(self.promptFrom)", "{path}.promptFrom " + Messages.OnePrompt, Field = "promptFrom")]
[CelRule(
    "!has(self.output) || !has(self.output.jsonSchema) || !has(self.agent) "
        + "|| (!has(self.agent.command) && (!has(self.agent.claude) || !has(self.agent.claude.jsonSchema)))",
    "{path}.output.jsonSchema " + Messages.OneSchema,
    Field = "output.jsonSchema"
)]
[CelRule(SpecRules.VariablesDiffer, "{path}.secretsEnv " + Messages.VariableTwice, Field = "secretsEnv")]
[CelRule(SpecRules.VolumesApart, "{path}.volumes " + Messages.VolumeMeetsWorkspace, Field = "volumes")]
[CelRule(
    "!has(self.sessionRef) || !(" + SpecRules.FieldsOfSession + ")",
    "{path}.sessionRef " + Messages.FieldsOfSession,
    Field = "sessionRef"
)]
[CelRule(
    "!has(self.sessionRef) || !has(self.agent) || !has(self.agent.claude) || !(" + SpecRules.NamesConversation + ")",
    "{path}.agent.claude " + Messages.SessionNamesNoConversation,
    Field = "agent.claude"
)]
[CelRule(
    "has(self.sessionRef) || !(has(self.conversation) || has(self.conversationID))",
    "{path}.conversation " + Messages.ConversationNeedsSession,
    Field = "conversation"
)]
[CelRule(
    "!has(self.conversationID) || !has(self.conversation) || self.conversation != 'New'",
    "{path}.conversationID " + Messages.NewHasNoID,
    Field = "conversationID"
)]
[CelRule(
    "!(has(self.conversation) || has(self.conversationID)) || !has(self.agent) || !has(self.agent.command)",
    "{path}.conversation " + Messages.ConversationOfCli,
    Field = "conversation"
)]
public sealed record AgentRunSpec
{
    /// <summary>
    /// prompt is the instruction that the agent reads on its standard input. At most 64 KiB of UTF-8. Exactly one of prompt and promptFrom
    /// is required.
    /// </summary>
    [MaxBytes(RunLimits.TextBytes)]
    [TextLength(1, RunLimits.TextBytes)]
    public string? Prompt { get; init; }

    /// <summary>
    /// promptFrom selects a key of a Secret or ConfigMap that holds the prompt, at most 1 MiB of UTF-8. The operator reads it when it
    /// dispatches the run. Until the object and the key exist, the run waits.
    /// </summary>
    public ValueSource? PromptFrom { get; init; }

    /// <summary>
    /// agent selects what runs in the container: the Claude Code CLI or a command. If unset, the CLI runs with its own defaults.
    /// </summary>
    public AgentSpec? Agent { get; init; }

    /// <summary>
    /// model selects the model endpoint and the credential for it. Neither ever enters the container. If unset, the operator's own endpoint
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
    /// stromboli.dev/use-as: pull. The run waits until they exist. Only the entry for the image's registry leaves the cluster; it goes to
    /// the run's node once the attempt is on record there. The node's own registry logins are never used.
    /// </summary>
    [Items(RunLimits.PullSecrets)]
    [ListMap("name")]
    public List<SecretReference>? ImagePullSecrets { get; init; }

    /// <summary>
    /// workspace configures the directory that the agent works in. If unset, it is an empty directory on the node's disk, which is removed
    /// together with the run's log after ttlAfterFinished.
    /// </summary>
    public WorkspaceSpec? Workspace { get; init; }

    /// <summary>
    /// workdir is the working directory of the agent, as an absolute path. It is created if it does not exist. If unset, it is the
    /// workspace's mountPath.
    /// </summary>
    [TextLength(1, RunLimits.Path)]
    [Pattern(Patterns.Path, Messages.Path)]
    [CelRule("!self.matches(r'" + Patterns.ReservedPath + "')", "{path} " + Messages.ReservedPath)]
    public string? Workdir { get; init; }

    /// <summary>
    /// env is the list of environment variables to set for the agent, at most 100. Their values do not appear in the container's
    /// configuration.
    /// </summary>
    [Items(RunLimits.Variables)]
    [ListMap("name")]
    public List<EnvVar>? Env { get; init; }

    /// <summary>
    /// secretsEnv is the list of environment variables whose values are Podman secrets of the node, at most 50. The operator never sees the
    /// values, and they do not appear in the container's configuration.
    /// </summary>
    [Items(RunLimits.SecretVariables)]
    [ListMap("name")]
    public List<PodmanSecretVariable>? SecretsEnv { get; init; }

    /// <summary>
    /// volumes is the list of directories and files of the node to mount into the container, at most 16. The node's bridge must allow each
    /// of them with --allow-volume.
    /// </summary>
    [Items(RunLimits.Volumes)]
    [ListMap("mountPath")]
    [CelRule(
        "!self.exists(outer, self.exists(inner, inner.mountPath != outer.mountPath && inner.mountPath.startsWith(outer.mountPath + '/')))",
        "{path} " + Messages.VolumesMeet
    )]
    public List<VolumeSpec>? Volumes { get; init; }

    /// <summary>resources are the compute resources of the container.</summary>
    public ResourceSpec? Resources { get; init; }

    /// <summary>lifecycle configures commands that run in the container before the agent.</summary>
    public LifecycleSpec? Lifecycle { get; init; }

    /// <summary>
    /// sessionRef names the AgentSession that the run belongs to, in the same namespace. The run waits until the session exists. The
    /// session then sets image, imagePullPolicy, imagePullSecrets, workspace, workdir, env, secretsEnv, volumes, resources, lifecycle,
    /// nodeSelector and nodeName, and the run must not. It also sets agent and model, unless the run sets them itself.
    /// </summary>
    public SessionReference? SessionRef { get; init; }

    /// <summary>
    /// conversation selects the conversation of the session that the CLI uses. New starts a conversation and makes it the session's current
    /// one. Resume continues the current conversation, or starts one if there is none. Fork continues a copy and leaves the current
    /// conversation unchanged. If unset in a run with a session, it is Resume. Requires sessionRef.
    /// </summary>
    [OneOf(ConversationChoices.New, ConversationChoices.Resume, ConversationChoices.Fork)]
    public string? Conversation { get; init; }

    /// <summary>
    /// conversationID is the ID of the session's conversation to resume or fork: a UUID in lower case, as in status.sessionID of an earlier
    /// run. A resumed conversation becomes the session's current one. If unset, the current conversation is used. Requires sessionRef.
    /// </summary>
    [TextLength(1, RunLimits.UuidLength)]
    [Pattern(Patterns.Uuid, Messages.Uuid)]
    public string? ConversationID { get; init; }

    /// <summary>
    /// Whether <see cref="Sessions.SessionSpecs"/> has merged the session's fields into this spec. Not a field of the API.
    /// </summary>
    [JsonIgnore]
    public bool SessionMerged { get; init; }

    /// <summary>
    /// The size of the whole spec as JSON, in bytes, if this is only the part that the operator keeps in memory; null if the spec is whole.
    /// A part must not be validated, resolved or sent. Not a field of the API.
    /// </summary>
    [JsonIgnore]
    public int? AbridgedFrom { get; init; }

    /// <summary>
    /// nodeSelector lists the labels, with their values, that a node must have to run this run. It is matched against the trusted labels of
    /// the AgentNode in its status.labels.
    /// </summary>
    [Entries(RunLimits.Selectors, RunLimits.LabelValue)]
    [Pattern(Patterns.LabelValue, Messages.LabelValue)]
    [CelRule("self.all(key, key.matches(r'" + Patterns.LabelKey + "'))", "{path} " + Messages.LabelKey)]
    public Dictionary<string, string>? NodeSelector { get; init; }

    /// <summary>
    /// nodeName is the name of the AgentNode that must run this run. If unset, any node that matches nodeSelector can run it.
    /// </summary>
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.DnsSubdomain, Messages.DnsSubdomain)]
    public string? NodeName { get; init; }

    /// <summary>priority orders the waiting runs of a namespace: higher values first, then older runs first. Defaults to 0.</summary>
    [Mutable]
    [Bounds(RunLimits.MinPriority, RunLimits.MaxPriority)]
    public int? Priority { get; init; }

    /// <summary>
    /// timeout is the maximum duration of one attempt, such as 90s, 30m or 1h30m. It starts when the attempt is recorded on a node and
    /// includes the image pull. An attempt that exceeds it ends with TimedOut. Defaults to 30m.
    /// </summary>
    [DurationBounds(RunLimits.MinTimeout, RunLimits.MaxTimeout)]
    public GoDuration? Timeout { get; init; }

    /// <summary>retries configures when the run is started again from the beginning.</summary>
    public RetrySpec? Retries { get; init; }

    /// <summary>
    /// budget limits what all attempts of the run can spend on the model. The model gateway enforces it: at the first model request after
    /// the budget is used up, the run ends with BudgetExceeded.
    /// </summary>
    public BudgetSpec? Budget { get; init; }

    /// <summary>
    /// suspend, if true, ends the current attempt and keeps the run from starting another. When it is set back to false, the run starts
    /// from the beginning with a new attempt, which does not count as a retry. Defaults to false.
    /// </summary>
    [Mutable]
    public bool? Suspend { get; init; }

    /// <summary>cancel, if true, stops the run now, or before it starts. The run ends with Cancelled. Defaults to false.</summary>
    [Mutable]
    public bool? Cancel { get; init; }

    /// <summary>
    /// ttlAfterFinished is how long the node keeps the workspace and the log after the run has finished. The object itself is kept. The
    /// workspace can be removed earlier if the node runs out of disk space. Defaults to 24h.
    /// </summary>
    [Mutable]
    [DurationBounds(RunLimits.MinTtl, RunLimits.MaxTtl)]
    public GoDuration? TtlAfterFinished { get; init; }

    /// <summary>
    /// deleteAfterFinished is how long after the run has finished the object is deleted, together with everything that its node still
    /// keeps. If unset, the object is never deleted: Argo CD and Flux would create it again, and the agent would run again.
    /// </summary>
    [Mutable]
    [DurationBounds(RunLimits.MinTtl, RunLimits.MaxTtl)]
    public GoDuration? DeleteAfterFinished { get; init; }

    /// <summary>
    /// webhooks is the list of receivers that are told of the run's events, at most 8. The operator must allow the host of each with
    /// --allow-webhook-host; otherwise the run ends with PolicyDenied. status.webhooks shows what was delivered.
    /// </summary>
    [Items(RunLimits.Webhooks)]
    [ListMap("url")]
    public List<WebhookSpec>? Webhooks { get; init; }

    /// <summary>output configures how much of the agent's output is kept.</summary>
    public OutputSpec? Output { get; init; }
}
