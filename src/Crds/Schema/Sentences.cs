namespace Stromboli.Crds.Schema;

/// <summary>
/// What a refusal says, in words that follow the path of a field (<c>spec.image must be …</c>). The CRDs and the operator's own validation
/// say the same.
/// </summary>
public static class Sentences
{
    /// <summary>For <see cref="Patterns.NoNul"/>.</summary>
    public const string NoNul = "must not contain a NUL character";

    /// <summary>For <see cref="Patterns.Image"/>.</summary>
    public const string Image = "must be a fully qualified image name with its registry, such as registry.example.com/team/agent:1.0";

    /// <summary>For <see cref="Patterns.Path"/>.</summary>
    public const string Path = "must be an absolute path of letters, digits and _ . - without '..', such as /workspace";

    /// <summary>For <see cref="Patterns.PlainPath"/>.</summary>
    public const string PlainPath =
        "must be an absolute path of letters, digits and _ . - without '..', '//' and a '/' at its end, such as /srv/data";

    /// <summary>For <see cref="Patterns.ReservedMount"/>.</summary>
    public const string ReservedMount =
        "must not be, hold or lie below /proc, /sys, /dev, /run, /tmp, /var/tmp, /home/agent, /opt/stromboli, /etc/hosts, /etc/hostname, /etc/resolv.conf, /etc/passwd or /etc/group";

    /// <summary>For two volumes of which one is below the other.</summary>
    public const string VolumesMeet = "must not have a mountPath below another one";

    /// <summary>For a volume that hides the workspace or a part of it.</summary>
    public const string VolumeMeetsWorkspace = "must not have a mountPath that is, holds or lies below the workspace's";

    /// <summary>For an option that says otherwise than the field.</summary>
    public const string ReadOnlyTwice = "is false, but options say ro";

    /// <summary>For <see cref="Patterns.PodmanSecret"/>.</summary>
    public const string PodmanSecret =
        "must be the name of a Podman secret: letters, digits and _ . -, beginning and ending with a letter or digit";

    /// <summary>For a variable that is both a secret of the node and something else.</summary>
    public const string VariableTwice = "must not name a variable that env names too";

    /// <summary>For <see cref="Patterns.ReservedPath"/>.</summary>
    public const string ReservedPath = "must not be, hold or lie below /proc, /sys, /dev, /run/stromboli or /opt/stromboli";

    /// <summary>For <see cref="Patterns.OwnMount"/>.</summary>
    public const string OwnMount =
        "must not be /tmp or /var/tmp, nor /home, /home/agent or below it, where every container has mounts of its own";

    /// <summary>For <see cref="Patterns.EnvName"/>.</summary>
    public const string EnvName = "must be the name of an environment variable: letters, digits and _, not beginning with a digit";

    /// <summary>For <see cref="Patterns.ProtectedEnv"/>.</summary>
    public const string ProtectedEnv =
        "must not be a protected variable: PATH, HOME, SHELL, LD_*, DYLD_*, NODE_OPTIONS, NODE_PATH, PYTHONPATH, PERL5LIB, RUBYLIB, BASH_ENV, ENV, IFS, *_PROXY, "
        + "ANTHROPIC_*, CLAUDE_*, in upper or lower case";

    /// <summary>For <see cref="Patterns.HttpsUrl"/>.</summary>
    public const string HttpsUrl = "must be an https URL without user, query and fragment, such as https://models.example.com";

    /// <summary>For <see cref="Patterns.GitUrl"/>.</summary>
    public const string GitUrl =
        "must be the https URL of a repository without user, query and fragment, such as https://git.example.com/team/project.git";

    /// <summary>For <see cref="Patterns.GitRef"/> and <see cref="Patterns.NoGitRef"/>.</summary>
    public const string GitRef =
        "must be a branch, a tag or a full commit id as Git allows them, no part of it beginning with -, such as main or v1.2.0";

    /// <summary>For <see cref="Patterns.ModelName"/>.</summary>
    public const string ModelName = "must be the name of a model: letters, digits and . _ : / @ [ ] -, beginning with a letter or digit";

    /// <summary>For <see cref="Patterns.ModelNames"/>.</summary>
    public const string ModelNames =
        "must be names of models with commas between them: letters, digits and . _ : / @ [ ] -, beginning with a letter or digit";

    /// <summary>For <see cref="Patterns.ToolName"/>.</summary>
    public const string ToolName = "must hold names of the CLI's own tools, such as Read or Bash, without what is in brackets";

    /// <summary>For <see cref="Patterns.AgentName"/>.</summary>
    public const string AgentName = "must be the name of an agent: letters, digits, blanks and . _ : -, beginning with a letter or digit";

    /// <summary>For <see cref="Patterns.Beta"/>.</summary>
    public const string Beta = "must hold names of betas: letters, digits and . _ -, beginning with a letter or digit";

    /// <summary>For <see cref="Patterns.DebugFilter"/>.</summary>
    public const string DebugFilter = "must be true or categories with commas between them, such as api,hooks or !file";

    /// <summary>For <see cref="Patterns.AbsolutePath"/>.</summary>
    public const string AbsolutePath = "must hold absolute paths, each on one line";

    /// <summary>For <see cref="Patterns.JsonObject"/>.</summary>
    public const string JsonObject = "must be a JSON object, as text";

    /// <summary>For <see cref="Patterns.JsonObjectOrPath"/>.</summary>
    public const string JsonObjectOrPath = "must be a JSON object, as text, or the absolute path of a file";

    /// <summary>For an <c>mcpConfigs</c> without servers.</summary>
    public const string McpServers = "must hold JSON objects with an object mcpServers";

    /// <summary>For a conversation to go on with that has no id.</summary>
    public const string ResumeNeedsID = "needs sessionID: the conversation to go on with";

    /// <summary>For two conversations to go on with.</summary>
    public const string ContinueOrResume = "cannot stand beside resume: set one of the two";

    /// <summary>For an id of a conversation that is chosen otherwise.</summary>
    public const string ContinueTakesNoID = "takes no sessionID but for the copy that forkSession makes";

    /// <summary>For a copy of nothing.</summary>
    public const string ForkNeedsConversation = "needs resume or continue: the conversation to copy";

    /// <summary>For <see cref="Patterns.FileSpec"/>.</summary>
    public const string FileSpec =
        "must hold files as an id, a colon and a relative path without . and .. as segments, such as file_abc:docs/plan.md";

    /// <summary>For <see cref="Patterns.ExtraArgument"/>.</summary>
    public const string ExtraArgument = "must hold long options with their values in the same text, such as --name=value";

    /// <summary>For <see cref="Patterns.OwnedArgument"/>.</summary>
    public const string OwnedArgument =
        "must hold no option that has a field of its own, and none that drives the CLI, such as --model, --print or --output-format";

    /// <summary>For <see cref="Patterns.Dollars"/>.</summary>
    public const string Dollars = "must be US dollars as a decimal number in quotes, more than 0 and below 1000000, such as \"0.5\"";

    /// <summary>For <see cref="Patterns.Uuid"/>.</summary>
    public const string Uuid = "must be a UUID in lower case";

    /// <summary>For a schema that nobody follows, or two.</summary>
    public const string OneSchema = "stands neither beside agent.command nor beside agent.claude.jsonSchema";

    /// <summary>For messages of the user that nobody sends.</summary>
    public const string ReplayNeedsStream = "needs inputFormat: stream-json";

    /// <summary>For a prompt of the format stream-json that is none.</summary>
    public const string StreamPrompt =
        "must have on each line a JSON object such as {\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"hello\"}}, since inputFormat is stream-json";

    /// <summary>For <see cref="Patterns.Tool"/>.</summary>
    public const string Tool =
        "must hold names of tools, such as Read or Bash(git log:*), each on one line and beginning with a letter, _ or *";

    /// <summary>For <see cref="Patterns.DnsSubdomain"/>.</summary>
    public const string DnsSubdomain = "must be a name of lower case letters, digits, - and ., such as node-1.example.com";

    /// <summary>For <see cref="Patterns.DataKey"/>.</summary>
    public const string DataKey = "must be a key of letters, digits and . _ -, such as api-key";

    /// <summary>For the union of sources of a value.</summary>
    public const string OneSource = "takes one of secretKeyRef and configMapKeyRef";

    /// <summary>For a variable with two values.</summary>
    public const string OneValue = "takes one of value and valueFrom, not both";

    /// <summary>For a run without a prompt.</summary>
    public const string PromptRequired = "is required: set prompt or promptFrom";

    /// <summary>For a run with two prompts.</summary>
    public const string OnePrompt = "cannot stand beside prompt: set one of the two";

    /// <summary>For <see cref="Patterns.LabelKey"/>.</summary>
    public const string LabelKey = "must have label names as keys, such as stromboli.dev/pool";

    /// <summary>For <see cref="Patterns.LabelValue"/>.</summary>
    public const string LabelValue =
        "must have label values: at most 63 letters, digits and _ . -, beginning and ending with a letter or digit";

    /// <summary>For <see cref="Patterns.RetryReason"/>.</summary>
    public const string RetryReason =
        "must be an end that may be tried again: AgentError, AuthenticationFailed, Crashed, GitCloneFailed, HookFailed, ImagePullFailed, MaxTurnsReached, ModelUnavailable, "
        + "OutOfMemory, RateLimited, ServiceNotReady, StorageLimitExceeded or TimedOut";

    /// <summary>For <see cref="Patterns.Money"/>.</summary>
    public const string Money = "must be an amount of US dollars as a decimal number with at most six decimals, such as 2.50";

    /// <summary>For the union of ways to run.</summary>
    public const string OneAgent = "takes one of claude and command, not both";

    /// <summary>For the union of kinds of workspaces.</summary>
    public const string OneWorkspace = "takes one of emptyDir, git and hostPath";

    /// <summary>For a host without a credential of its own.</summary>
    public const string BaseUrlNeedsCredentials =
        "needs a credentialsSecretRef beside it: the operator's own credential goes to the operator's own origin only";

    /// <summary>For a command that names no program.</summary>
    public const string CommandNamesProgram = "must begin with the program to run";

    /// <summary>For a prompt of blanks.</summary>
    public const string PromptHasText = "must not be empty";

    /// <summary>For a timeout of nothing.</summary>
    public const string TimeoutNeedsHooks = "needs onCreate, postCreate or postStart beside it";

    /// <summary>For what a run with a session cannot say itself.</summary>
    public const string FieldsOfSession =
        "brings image, imagePullPolicy, imagePullSecrets, workspace, workdir, env, secretsEnv, volumes, resources, lifecycle, nodeSelector and nodeName: leave them out";

    /// <summary>For options of the CLI that choose a conversation, in a session.</summary>
    public const string SessionNamesNoConversation =
        "takes no sessionID, resume, continue or forkSession with a session: a run's conversation says it";

    /// <summary>For the conversation of a run without a session.</summary>
    public const string ConversationNeedsSession = "needs sessionRef: without a session each run has a conversation of its own";

    /// <summary>For the id of a new conversation.</summary>
    public const string NewHasNoID = "cannot stand beside conversation New: it gets an id of its own";

    /// <summary>For the conversation of a program that has none.</summary>
    public const string ConversationOfCli = "is the Claude Code CLI's: agent.command has none";

    /// <summary>For a second item of the same key in a list that is a map.</summary>
    public const string Duplicate = "is there twice";

    /// <summary>For a number out of bounds.</summary>
    public static string Between(string min, string max) => $"must lie between {min} and {max}";

    /// <summary>For a duration that is none or out of bounds.</summary>
    public static string Duration(string min, string max) => $"must be a duration between {min} and {max}, such as 90s, 30m or 1h30m";

    /// <summary>For a quantity that is none or out of bounds.</summary>
    public static string Quantity(string min, string max) => $"must be a quantity between {min} and {max}";

    /// <summary>For text of too many bytes.</summary>
    public static string MaxBytes(int bytes) => $"must have at most {bytes} bytes of UTF-8";

    /// <summary>For text of too many or too few characters.</summary>
    public static string Length(int min, int max) => $"must have between {min} and {max} characters";

    /// <summary>For a list or map of too many or too few items.</summary>
    public static string Items(int min, int max) => $"must have between {min} and {max} items";

    /// <summary>For text that is none of an enumeration.</summary>
    public static string OneOf(IEnumerable<string> values) => $"must be one of {string.Join(", ", values)}";

    /// <summary>For a field that may not change.</summary>
    public const string Immutable = "cannot be changed: make a new object instead";

    /// <summary>For a field that must be there.</summary>
    public const string Required = "is required";
}
