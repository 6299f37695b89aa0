namespace Stromboli.Crds.Schema;

/// <summary>
/// The error messages of validation, to be read after the path of a field (<c>spec.image must be …</c>). The CRDs and the operator's own
/// validation use the same ones.
/// </summary>
public static class Messages
{
    /// <summary>For <see cref="Patterns.NoNul"/>.</summary>
    public const string NoNul = "must not contain a NUL character";

    /// <summary>For <see cref="Patterns.Image"/>.</summary>
    public const string Image = "must be a fully qualified image name with its registry, such as registry.example.com/team/agent:1.0";

    /// <summary>For <see cref="Patterns.Path"/>.</summary>
    public const string Path = "must be an absolute path of letters, digits and _ . - without the segments . and .., such as /workspace";

    /// <summary>For <see cref="Patterns.PlainPath"/>.</summary>
    public const string PlainPath =
        "must be an absolute path of letters, digits and _ . - without the segments . and .., without // "
        + "and without a / at its end, such as /srv/data";

    /// <summary>For <see cref="Patterns.ReservedMount"/>.</summary>
    public const string ReservedMount =
        "must not be, contain or be inside a reserved path: /proc, /sys, /dev, /run, /tmp, /var/tmp, /home/agent, "
        + "/opt/stromboli, /etc/hosts, /etc/hostname, /etc/resolv.conf, /etc/passwd or /etc/group";

    /// <summary>For a volume that is mounted inside another.</summary>
    public const string VolumesMeet = "must not have a mountPath inside another mountPath";

    /// <summary>For a volume that hides the workspace or a part of it.</summary>
    public const string VolumeMeetsWorkspace = "must not have a mountPath that is, contains or is inside the mountPath of the workspace";

    /// <summary>For a mount option that contradicts readOnly.</summary>
    public const string ReadOnlyTwice = "must not be false if options contain ro";

    /// <summary>For <see cref="Patterns.PodmanSecret"/>.</summary>
    public const string PodmanSecret =
        "must be the name of a Podman secret: letters, digits and _ . -, starting and ending with a letter or digit";

    /// <summary>For a variable that is in both lists.</summary>
    public const string VariableTwice = "must not contain a variable that env contains too";

    /// <summary>For <see cref="Patterns.ReservedPath"/>.</summary>
    public const string ReservedPath = "must not be, contain or be inside /proc, /sys, /dev, /run/stromboli or /opt/stromboli";

    /// <summary>For <see cref="Patterns.OwnMount"/>.</summary>
    public const string OwnMount =
        "must not be /tmp, /var/tmp, /home, /home/agent or inside /home/agent: every container has its own mounts there";

    /// <summary>For <see cref="Patterns.EnvName"/>.</summary>
    public const string EnvName = "must be the name of an environment variable: letters, digits and _, not starting with a digit";

    /// <summary>For <see cref="Patterns.ProtectedEnv"/>.</summary>
    public const string ProtectedEnv =
        "must not be a protected variable: PATH, HOME, SHELL, LD_*, DYLD_*, NODE_OPTIONS, NODE_PATH, PYTHONPATH, PERL5LIB, "
        + "RUBYLIB, BASH_ENV, ENV, IFS, *_PROXY, ANTHROPIC_* or CLAUDE_*, in upper or lower case";

    /// <summary>For <see cref="Patterns.HttpsUrl"/>.</summary>
    public const string HttpsUrl = "must be an https URL without user information, query or fragment, such as https://models.example.com";

    /// <summary>For <see cref="Patterns.WebhookUrl"/>.</summary>
    public const string WebhookUrl =
        "must be an https URL without user information or fragment, such as https://hooks.example.com/stromboli";

    /// <summary>For <see cref="Patterns.GitUrl"/>.</summary>
    public const string GitUrl =
        "must be the https URL of a repository without user information, query or fragment, such as "
        + "https://git.example.com/team/project.git";

    /// <summary>For <see cref="Patterns.GitRef"/> and <see cref="Patterns.NoGitRef"/>.</summary>
    public const string GitRef =
        "must be a valid Git branch, tag or full commit ID without a segment that starts with -, such as main or v1.2.0";

    /// <summary>For <see cref="Patterns.PushBranch"/> and <see cref="Patterns.NoPushBranch"/>.</summary>
    public const string PushBranch = "must be a valid Git branch without refs/heads/, or a prefix that ends with /*, such as stromboli/*";

    /// <summary>For <see cref="Patterns.PushTemplate"/>.</summary>
    public const string PushTemplate =
        "must be a valid Git branch without refs/heads/, in which {name}, {uid} and {attempt} are filled in, such as stromboli/{name}";

    /// <summary>For <see cref="Patterns.CommitMessage"/>.</summary>
    public const string CommitMessage = "must be a text without control characters other than tabs and newlines";

    /// <summary>For <see cref="Patterns.CommitAuthor"/>.</summary>
    public const string CommitAuthor = "must be one line without < and >, with a letter or digit in it";

    /// <summary>For <see cref="Patterns.RepositoryPath"/>.</summary>
    public const string RepositoryPath = "must be a path in the repository that does not start with /, such as .github/workflows";

    /// <summary>For a push of nothing.</summary>
    public const string PushNothing = "must set branches or onSuccess";

    /// <summary>For a session whose runs would push when they end.</summary>
    public const string NoPushOnSuccess = "must not set onSuccess in a session";

    /// <summary>For a push without a credential.</summary>
    public const string PushNeedsCredential = "must set credentialsSecretRef if push is set";

    /// <summary>For <see cref="Patterns.ModelName"/>.</summary>
    public const string ModelName = "must be a model name: letters, digits and . _ : / @ [ ] -, starting with a letter or digit";

    /// <summary>For <see cref="Patterns.ModelNames"/>.</summary>
    public const string ModelNames =
        "must be a comma-separated list of model names: letters, digits and . _ : / @ [ ] -, starting with a letter or digit";

    /// <summary>For <see cref="Patterns.ToolName"/>.</summary>
    public const string ToolName = "must be the name of a built-in tool, such as Read or Bash, without a specifier in parentheses";

    /// <summary>For <see cref="Patterns.AgentName"/>.</summary>
    public const string AgentName = "must be an agent name: letters, digits, spaces and . _ : -, starting with a letter or digit";

    /// <summary>For <see cref="Patterns.Beta"/>.</summary>
    public const string Beta = "must be the name of a beta: letters, digits and . _ -, starting with a letter or digit";

    /// <summary>For <see cref="Patterns.DebugFilter"/>.</summary>
    public const string DebugFilter = "must be true or a comma-separated list of categories, such as api,hooks or !file";

    /// <summary>For <see cref="Patterns.AbsolutePath"/>.</summary>
    public const string AbsolutePath = "must be an absolute path on one line";

    /// <summary>For <see cref="Patterns.JsonObject"/>.</summary>
    public const string JsonObject = "must be a JSON object, as a string";

    /// <summary>For <see cref="Patterns.JsonObjectOrPath"/>.</summary>
    public const string JsonObjectOrPath = "must be a JSON object, as a string, or the absolute path of a file";

    /// <summary>For <c>mcpConfigs</c> without servers.</summary>
    public const string McpServers = "must contain only JSON objects with an object mcpServers";

    /// <summary>For <c>resume</c> without the ID of a conversation.</summary>
    public const string ResumeNeedsID = "requires sessionID: set the ID of the conversation to resume";

    /// <summary>For <c>continue</c> and <c>resume</c> together.</summary>
    public const string ContinueOrResume = "must not be combined with resume: set one of the two";

    /// <summary>For <c>continue</c> with the ID of a conversation.</summary>
    public const string ContinueTakesNoID = "must not be combined with sessionID, which is only for the copy that forkSession makes";

    /// <summary>For <c>forkSession</c> without a conversation.</summary>
    public const string ForkNeedsConversation = "requires resume or continue: set the conversation to copy";

    /// <summary>For <see cref="Patterns.FileSpec"/>.</summary>
    public const string FileSpec =
        "must be a file ID, a colon and a relative path without the segments . and .., such as file_abc:docs/plan.md";

    /// <summary>For <see cref="Patterns.ExtraArgument"/>.</summary>
    public const string ExtraArgument = "must be a long option with its value in the same string, such as --name=value";

    /// <summary>For <see cref="Patterns.OwnedArgument"/>.</summary>
    public const string OwnedArgument =
        "must not contain an option that has its own field or that controls the CLI, such as --model, --print or --output-format";

    /// <summary>For <see cref="Patterns.Dollars"/>.</summary>
    public const string Dollars =
        "must be an amount of US dollars as a quoted decimal number, greater than 0 and less than 1000000, such as \"0.5\"";

    /// <summary>For <see cref="Patterns.Uuid"/>.</summary>
    public const string Uuid = "must be a UUID in lower case";

    /// <summary>For a JSON Schema that a command cannot follow, or that is set twice.</summary>
    public const string OneSchema = "must not be combined with agent.command or agent.claude.jsonSchema";

    /// <summary>For <c>replayUserMessages</c> with a prompt that is not a stream of messages.</summary>
    public const string ReplayNeedsStream = "requires inputFormat: stream-json";

    /// <summary>For a prompt that is not of the format stream-json.</summary>
    public const string StreamPrompt =
        "must have one JSON object per line, such as "
        + "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"hello\"}}, because inputFormat is stream-json";

    /// <summary>For <see cref="Patterns.Tool"/>.</summary>
    public const string Tool = "must be the name of a tool on one line, such as Read or Bash(git log:*), starting with a letter, _ or *";

    /// <summary>For <see cref="Patterns.DnsSubdomain"/>.</summary>
    public const string DnsSubdomain = "must be a DNS subdomain of lower case letters, digits, - and ., such as node-1.example.com";

    /// <summary>For <see cref="Patterns.DataKey"/>.</summary>
    public const string DataKey = "must be a valid key of a Secret or ConfigMap: letters, digits and . _ -, such as api-key";

    /// <summary>For a value source with no source or two.</summary>
    public const string OneSource = "must set exactly one of secretKeyRef and configMapKeyRef";

    /// <summary>For a variable with two values.</summary>
    public const string OneValue = "must not set both value and valueFrom";

    /// <summary>For a run without a prompt.</summary>
    public const string PromptRequired = "is required: set prompt or promptFrom";

    /// <summary>For a run with two prompts.</summary>
    public const string OnePrompt = "must not be combined with prompt: set one of the two";

    /// <summary>For <see cref="Patterns.LabelKey"/>.</summary>
    public const string LabelKey = "must have only valid label keys, such as stromboli.dev/pool";

    /// <summary>For <see cref="Patterns.LabelValue"/>.</summary>
    public const string LabelValue =
        "must be a valid label value: at most 63 letters, digits and _ . -, starting and ending with a letter or digit";

    /// <summary>For <see cref="Patterns.RetryReason"/>.</summary>
    public const string RetryReason =
        "must be a reason that can be retried: AgentError, AuthenticationFailed, Crashed, GitCloneFailed, HookFailed, ImagePullFailed, "
        + "MaxTurnsReached, ModelUnavailable, OutOfMemory, RateLimited, ServiceNotReady, StorageLimitExceeded or TimedOut";

    /// <summary>For <see cref="Patterns.Money"/>.</summary>
    public const string Money =
        "must be an amount of US dollars as a quoted decimal number with at most six decimal places, such as \"2.50\"";

    /// <summary>For an agent that is both the CLI and a command.</summary>
    public const string OneAgent = "must not set both claude and command";

    /// <summary>For a workspace of two kinds.</summary>
    public const string OneWorkspace = "must not set more than one of emptyDir, git and hostPath";

    /// <summary>For an endpoint without a credential for it.</summary>
    public const string BaseUrlNeedsCredentials =
        "requires credentialsSecretRef: the operator's own credential is sent only to the operator's own endpoint";

    /// <summary>For a command that names no program.</summary>
    public const string CommandNamesProgram = "must start with the program to run";

    /// <summary>For an empty prompt.</summary>
    public const string PromptHasText = "must not be empty";

    /// <summary>For a timeout without lifecycle commands.</summary>
    public const string TimeoutNeedsHooks = "requires onCreate, postCreate or postStart";

    /// <summary>For a run that sets a field that only its session may set.</summary>
    public const string FieldsOfSession =
        "must not be combined with image, imagePullPolicy, imagePullSecrets, workspace, workdir, env, "
        + "secretsEnv, volumes, resources, lifecycle, nodeSelector or nodeName: the session sets them";

    /// <summary>For options of the CLI that select a conversation, in a session.</summary>
    public const string SessionNamesNoConversation =
        "must not set sessionID, resume, continue or forkSession in a session: set conversation of the AgentRun instead";

    /// <summary>For the conversation of a run without a session.</summary>
    public const string ConversationNeedsSession = "requires sessionRef: a run without a session always starts a conversation of its own";

    /// <summary>For the ID of a new conversation.</summary>
    public const string NewHasNoID = "must not be combined with conversation New, which gets an ID of its own";

    /// <summary>For the conversation of a command.</summary>
    public const string ConversationOfCli = "must not be combined with agent.command: only the Claude Code CLI has conversations";

    /// <summary>For a duplicate key in a list that is a map.</summary>
    public const string Duplicate = "must not repeat an earlier item";

    /// <summary>For a field that cannot change.</summary>
    public const string Immutable = "is immutable: create a new object instead";

    /// <summary>For a field that must be set.</summary>
    public const string Required = "is required";

    /// <summary>For a number out of bounds.</summary>
    public static string Between(string min, string max) => $"must be between {min} and {max}";

    /// <summary>For a duration that is invalid or out of bounds.</summary>
    public static string Duration(string min, string max) => $"must be a duration between {min} and {max}, such as 90s, 30m or 1h30m";

    /// <summary>For a quantity that is invalid or out of bounds.</summary>
    public static string Quantity(string min, string max) => $"must be a quantity between {min} and {max}";

    /// <summary>For text with too many bytes.</summary>
    public static string MaxBytes(int bytes) => $"must have at most {bytes} bytes of UTF-8";

    /// <summary>For text with too many or too few characters.</summary>
    public static string Length(int min, int max) => $"must have between {min} and {max} characters";

    /// <summary>For a list or map with too many or too few items.</summary>
    public static string Items(int min, int max) => $"must have between {min} and {max} items";

    /// <summary>For text that is not a value of an enumeration.</summary>
    public static string OneOf(IEnumerable<string> values) => $"must be one of {string.Join(", ", values)}";
}
