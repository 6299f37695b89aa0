using System.Text.Json.Serialization;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>What is wanted. Only suspend, cancel, priority, ttlAfterFinished and deleteAfterFinished may be changed later.</summary>
[ImmutableSpec]
[CelRule("has(self.prompt) || has(self.promptFrom)", "{path}.prompt " + Sentences.PromptRequired, Field = "prompt")]
[CelRule("!has(self.prompt) || !has(self.promptFrom)", "{path}.promptFrom " + Sentences.OnePrompt, Field = "promptFrom")]
[CelRule(
    "!has(self.output) || !has(self.output.jsonSchema) || !has(self.agent) "
        + "|| (!has(self.agent.command) && (!has(self.agent.claude) || !has(self.agent.claude.jsonSchema)))",
    "{path}.output.jsonSchema " + Sentences.OneSchema,
    Field = "output.jsonSchema"
)]
[CelRule(SpecRules.VariablesDiffer, "{path}.secretsEnv " + Sentences.VariableTwice, Field = "secretsEnv")]
[CelRule(SpecRules.VolumesApart, "{path}.volumes " + Sentences.VolumeMeetsWorkspace, Field = "volumes")]
[CelRule(
    "!has(self.sessionRef) || !(" + SpecRules.FieldsOfSession + ")",
    "{path}.sessionRef " + Sentences.FieldsOfSession,
    Field = "sessionRef"
)]
[CelRule(
    "!has(self.sessionRef) || !has(self.agent) || !has(self.agent.claude) || !(" + SpecRules.NamesConversation + ")",
    "{path}.agent.claude " + Sentences.SessionNamesNoConversation,
    Field = "agent.claude"
)]
[CelRule(
    "has(self.sessionRef) || !(has(self.conversation) || has(self.conversationID))",
    "{path}.conversation " + Sentences.ConversationNeedsSession,
    Field = "conversation"
)]
[CelRule(
    "!has(self.conversationID) || !has(self.conversation) || self.conversation != 'New'",
    "{path}.conversationID " + Sentences.NewHasNoID,
    Field = "conversationID"
)]
[CelRule(
    "!(has(self.conversation) || has(self.conversationID)) || !has(self.agent) || !has(self.agent.command)",
    "{path}.conversation " + Sentences.ConversationOfCli,
    Field = "conversation"
)]
public sealed record AgentRunSpec
{
    /// <summary>What the agent is told, on its standard input. At most 64 KiB of UTF-8.</summary>
    [MaxBytes(RunLimits.TextBytes)]
    [TextLength(1, RunLimits.TextBytes)]
    public string? Prompt { get; init; }

    /// <summary>
    /// Where the prompt is, instead of prompt: at most 1 MiB of UTF-8. Read when the run is dispatched; it waits for what is not there.
    /// </summary>
    public ValueSource? PromptFrom { get; init; }

    /// <summary>
    /// What runs: the Claude Code CLI or a command of your own, one of the two. The CLI with its own defaults when absent.
    /// </summary>
    public AgentSpec? Agent { get; init; }

    /// <summary>
    /// Where the model is and who pays. Neither address nor credential ever enters the container. The operator's own pair of the two when
    /// absent.
    /// </summary>
    public ModelSpec? Model { get; init; }

    /// <summary>Image of the container, fully qualified: registry.example.com/team/agent:1.0. The operator's default when absent.</summary>
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
    /// Secrets of the type kubernetes.io/dockerconfigjson with which the image is pulled, each annotated stromboli.dev/use-as: pull. The
    /// run waits until they exist. Only what they hold for the image's own registry leaves the cluster, to the one node, once the run is on
    /// record there. The node's own logins are never used.
    /// </summary>
    [Items(RunLimits.PullSecrets)]
    [ListMap("name")]
    public List<SecretReference>? ImagePullSecrets { get; init; }

    /// <summary>
    /// The directory that the agent works in: empty at first, on the node's disk, removed with the run's log (ttlAfterFinished).
    /// </summary>
    public WorkspaceSpec? Workspace { get; init; }

    /// <summary>Working directory; an absolute path, created when missing. The workspace's mountPath when absent.</summary>
    [TextLength(1, RunLimits.Path)]
    [Pattern(Patterns.Path, Sentences.Path)]
    [CelRule("!self.matches(r'" + Patterns.ReservedPath + "')", "{path} " + Sentences.ReservedPath)]
    public string? Workdir { get; init; }

    /// <summary>
    /// Environment variables of the agent, at most 100. They reach it over the shim's socket and stand in no container configuration.
    /// </summary>
    [Items(RunLimits.Variables)]
    [ListMap("name")]
    public List<EnvVar>? Env { get; init; }

    /// <summary>
    /// Environment variables of the agent that are secrets of the node's Podman, at most 50. They reach it as env does; the operator never
    /// sees their values.
    /// </summary>
    [Items(RunLimits.SecretVariables)]
    [ListMap("name")]
    public List<PodmanSecretVariable>? SecretsEnv { get; init; }

    /// <summary>
    /// Directories and files of the node in the container, at most 16. Each needs the permission of the node's bridge (--allow-volume).
    /// </summary>
    [Items(RunLimits.Volumes)]
    [ListMap("mountPath")]
    [CelRule(
        "!self.exists(outer, self.exists(inner, inner.mountPath != outer.mountPath && inner.mountPath.startsWith(outer.mountPath + '/')))",
        "{path} " + Sentences.VolumesMeet
    )]
    public List<VolumeSpec>? Volumes { get; init; }

    /// <summary>What the container may use of its node.</summary>
    public ResourceSpec? Resources { get; init; }

    /// <summary>Commands that run in the container before the agent.</summary>
    public LifecycleSpec? Lifecycle { get; init; }

    /// <summary>
    /// The session that the run takes part in: an AgentSession of its namespace, waited for until it exists. Image, workspace, workdir,
    /// variables, volumes, resources, lifecycle and node then come from it and cannot be said here; agent and model come from it unless
    /// they are said here.
    /// </summary>
    public SessionReference? SessionRef { get; init; }

    /// <summary>
    /// Which conversation the CLI has, in a session: New begins one, which becomes the session's; Resume goes on with the session's, or
    /// begins it; Fork goes on with a copy and leaves the session's as it is. Resume when absent.
    /// </summary>
    [OneOf(ConversationChoices.New, ConversationChoices.Resume, ConversationChoices.Fork)]
    public string? Conversation { get; init; }

    /// <summary>
    /// The conversation of the session's to resume or to copy, a UUID in lower case as status.sessionID of a run has it. A conversation
    /// that is resumed becomes the session's.
    /// </summary>
    [TextLength(1, RunLimits.UuidLength)]
    [Pattern(Patterns.Uuid, Sentences.Uuid)]
    public string? ConversationID { get; init; }

    /// <summary>
    /// No field of the API: whether what comes from the session stands in this spec already, put there by
    /// <see cref="Sessions.SessionSpecs"/>.
    /// </summary>
    [JsonIgnore]
    public bool SessionMerged { get; init; }

    /// <summary>
    /// No field of the API: how many bytes the whole spec has as JSON, if this is only the part that is kept in memory; null for a spec
    /// that is whole. A part is never validated, resolved or sent.
    /// </summary>
    [JsonIgnore]
    public int? AbridgedFrom { get; init; }

    /// <summary>
    /// Labels that the node must have, with these values. What counts are the trusted labels of the AgentNode, shown in its status.labels.
    /// </summary>
    [Entries(RunLimits.Selectors, RunLimits.LabelValue)]
    [Pattern(Patterns.LabelValue, Sentences.LabelValue)]
    [CelRule("self.all(key, key.matches(r'" + Patterns.LabelKey + "'))", "{path} " + Sentences.LabelKey)]
    public Dictionary<string, string>? NodeSelector { get; init; }

    /// <summary>The one AgentNode that may run it. Any that the nodeSelector matches when absent.</summary>
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.DnsSubdomain, Sentences.DnsSubdomain)]
    public string? NodeName { get; init; }

    /// <summary>Order among the waiting runs of the namespace: higher first, then older first. 0 when absent.</summary>
    [Mutable]
    [Bounds(RunLimits.MinPriority, RunLimits.MaxPriority)]
    public int? Priority { get; init; }

    /// <summary>
    /// Time that one attempt may take, from its record on a node, image pull included: 90s, 30m, 1h30m. The run ends with TimedOut then.
    /// 30m when absent.
    /// </summary>
    [DurationBounds(RunLimits.MinTimeout, RunLimits.MaxTimeout)]
    public GoDuration? Timeout { get; init; }

    /// <summary>When the run is tried again from its beginning.</summary>
    public RetrySpec? Retries { get; init; }

    /// <summary>
    /// What all attempts together may use. The model gateway keeps it: a run whose budget is used up ends with BudgetExceeded at its next
    /// model request.
    /// </summary>
    public BudgetSpec? Budget { get; init; }

    /// <summary>
    /// True: the run waits, and an attempt that is under way is ended. False again: it starts from its beginning, with a new attempt that
    /// counts as no retry.
    /// </summary>
    [Mutable]
    public bool? Suspend { get; init; }

    /// <summary>True stops the run now, or before it starts; it ends as Cancelled.</summary>
    [Mutable]
    public bool? Cancel { get; init; }

    /// <summary>
    /// Time after the end at which workspace and log are removed from the node; the object stays. The workspace goes earlier if the node's
    /// disk runs full. 24h when absent.
    /// </summary>
    [Mutable]
    [DurationBounds(RunLimits.MinTtl, RunLimits.MaxTtl)]
    public GoDuration? TtlAfterFinished { get; init; }

    /// <summary>
    /// Time after the end at which the object itself is deleted, and with it what is left of it on its node. Never when absent: Argo CD and
    /// Flux would make it anew, and the agent would run again.
    /// </summary>
    [Mutable]
    [DurationBounds(RunLimits.MinTtl, RunLimits.MaxTtl)]
    public GoDuration? DeleteAfterFinished { get; init; }

    /// <summary>How much of the output is kept.</summary>
    public OutputSpec? Output { get; init; }
}
