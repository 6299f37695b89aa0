namespace Stromboli.Crds.Schema;

/// <summary>
/// The regular expressions of the API. Each is used twice: in CEL rules of the CRDs (RE2) and in the operator's own validation (.NET). They
/// therefore use only syntax that both interpret in the same way. They end with <c>\z</c> instead of <c>$</c>, because <c>$</c> in .NET
/// also matches before a final newline.
/// </summary>
public static class Patterns
{
    /// <summary>Any text without a NUL, which would end an argument or variable early.</summary>
    public const string NoNul = @"^[^\x00]*\z";

    /// <summary>
    /// A fully qualified image name: a registry host (with a dot, a port, or <c>localhost</c>), a path, and optionally a tag and a digest.
    /// </summary>
    /// <remarks>The grammar of distribution's <c>reference</c> package, without its short names.</remarks>
    public const string Image =
        "^(localhost(:[0-9]{1,5})?|[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?"
        + "((\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)+(:[0-9]{1,5})?|:[0-9]{1,5}))"
        + "(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)+(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?\\z";

    /// <summary>
    /// An absolute path of letters, digits and <c>_ . -</c>, without the segments <c>.</c> and <c>..</c>, other than <c>/</c>.
    /// </summary>
    public const string Path = @"^(/+\.*[a-zA-Z0-9_-][a-zA-Z0-9_.-]*)+/*\z";

    /// <summary>A <see cref="Path"/> in its shortest form: without repeated slashes and without a slash at its end.</summary>
    public const string PlainPath = @"^(/\.*[a-zA-Z0-9_-][a-zA-Z0-9_.-]*)+\z";

    /// <summary>
    /// The <see cref="PlainPath"/>s at which no path of the node can be mounted: those that the kernel, Stromboli or Podman uses, those
    /// below them and those above them. The container runtime creates the mount points of inner mounts in outer ones, so an outer mount
    /// would get new files on the node.
    /// </summary>
    public const string ReservedMount =
        @"^/((proc|sys|dev|run|tmp|var/tmp|home/agent|opt/stromboli|etc/(hosts|hostname|resolv\.conf|passwd|group))(/.*)?"
        + @"|opt|var|home|etc)\z";

    /// <summary>The name of a Podman secret.</summary>
    public const string PodmanSecret = @"^[a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?\z";

    /// <summary>
    /// Paths that the kernel or Stromboli uses (<see cref="Runs.ContainerPaths"/>), paths below them and paths above them.
    /// </summary>
    public const string ReservedPath = @"^/+((proc|sys|dev|run/+stromboli|opt/+stromboli)(/.*)?|run/*|opt/*)\z";

    /// <summary>
    /// Paths at which every container already has a mount, and the paths below and above HOME. Another mount there would hide it or be
    /// hidden.
    /// </summary>
    public const string OwnMount = @"^/+(tmp/*|var/+tmp/*|home/*|home/+agent(/.*)?)\z";

    /// <summary>The name of an environment variable that a shell can read.</summary>
    public const string EnvName = @"^[a-zA-Z_][a-zA-Z0-9_]*\z";

    /// <summary>
    /// Variables that control loaders, interpreters, proxies or the CLI. They match in any case, because some programs read them in lower
    /// case.
    /// </summary>
    public const string ProtectedEnv =
        @"(?i)^(PATH|HOME|SHELL|LD_.*|DYLD_.*|NODE_OPTIONS|NODE_PATH|PYTHONPATH|PERL5LIB|RUBYLIB|BASH_ENV|ENV|IFS|.*_PROXY"
        + @"|ANTHROPIC_.*|CLAUDE_.*)\z";

    /// <summary>An https origin with an optional path, without user information, query, fragment or an address in brackets.</summary>
    public const string HttpsUrl = @"^https://[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]{1,5})?(/[a-zA-Z0-9._~/-]*)?\z";

    /// <summary>An https URL with optional path and query, without user information, fragment or an address in brackets.</summary>
    public const string WebhookUrl =
        @"^https://[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*"
        + @"(:([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
        + @"(/[a-zA-Z0-9._~/%:@!$&()*+,;=-]*)?(\?[a-zA-Z0-9._~/%:@!$&()*+,;=?-]*)?\z";

    /// <summary>
    /// The https URL of a Git repository: a path of at least one segment, without user information, query or fragment, without segments of
    /// dots only, and without escapes other than <c>%20</c>.
    /// </summary>
    public const string GitUrl =
        @"^https://[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]{1,5})?(/\.*([a-zA-Z0-9_~+-]|%20)([a-zA-Z0-9._~+-]|%20)*)+/?\z";

    /// <summary>
    /// A branch, a tag, a full ref or a commit ID: what <c>git check-ref-format</c> accepts, without braces and without a segment that
    /// starts with <c>-</c>. See also <see cref="NoGitRef"/>.
    /// </summary>
    public const string GitRef = "^" + GitName + @"\z";

    private const string GitName =
        @"[^\x00-\x20\x7f~^:?*\[\\/.{}-][^\x00-\x20\x7f~^:?*\[\\/.{}]*(\.[^\x00-\x20\x7f~^:?*\[\\/.{}]+)*"
        + @"(/[^\x00-\x20\x7f~^:?*\[\\/.{}-][^\x00-\x20\x7f~^:?*\[\\/.{}]*(\.[^\x00-\x20\x7f~^:?*\[\\/.{}]+)*)*";

    /// <summary>A branch, or the prefix of branches with <c>/*</c> at its end. A full ref is not a branch.</summary>
    public const string PushBranch = "^" + GitName + @"(/\*)?\z";

    /// <summary>A branch in which <c>{name}</c>, <c>{uid}</c> and <c>{attempt}</c> stand for those of the run.</summary>
    public const string PushTemplate = "^" + PushSegment + "(/" + PushSegment + @")*\z";

    private const string PushSegment =
        @"([^\x00-\x20\x7f~^:?*\[\\/.{}-]|\{(name|uid|attempt)\})([^\x00-\x20\x7f~^:?*\[\\/.{}]|\{(name|uid|attempt)\})*"
        + @"(\.([^\x00-\x20\x7f~^:?*\[\\/.{}]|\{(name|uid|attempt)\})+)*";

    /// <summary>A message of several lines, without other control characters.</summary>
    public const string CommitMessage = @"^[^\x00-\x08\x0b-\x1f\x7f]*\z";

    /// <summary>A name or an address as git stores them with a commit.</summary>
    public const string CommitAuthor = @"^[^\x00-\x1f\x7f<>]*[^\x00-\x20\x7f<>.,:;][^\x00-\x1f\x7f<>]*\z";

    /// <summary>A path relative to the root of a repository.</summary>
    public const string RepositoryPath = @"^[^\x00-\x1f\x7f/][^\x00-\x1f\x7f]*\z";

    /// <summary>
    /// Texts that match <see cref="PushBranch"/> but are no branches for pushing: full refs, <c>HEAD</c>, <c>@</c>, and .lock.
    /// </summary>
    public const string NoPushBranch = @"^(refs(/|\z)|HEAD\z|@(/\*)?\z)|\.lock(/|\z)";

    /// <summary>Texts that match <see cref="GitRef"/> but are not refs: <c>@</c>, and segments that end with <c>.lock</c>.</summary>
    public const string NoGitRef = @"^@\z|\.lock(/|\z)";

    /// <summary>The name of a model, an alias or a provider's identifier. It cannot be mistaken for an option.</summary>
    public const string ModelName = @"^[a-zA-Z0-9][a-zA-Z0-9._:/@\[\]-]*\z";

    /// <summary>A comma-separated list of <see cref="ModelName"/>s.</summary>
    public const string ModelNames = @"^[a-zA-Z0-9][a-zA-Z0-9._:/@\[\]-]*(,[a-zA-Z0-9][a-zA-Z0-9._:/@\[\]-]*)*\z";

    /// <summary>The name of a tool of the CLI, without a specifier.</summary>
    public const string ToolName = @"^[a-zA-Z][a-zA-Z0-9_-]*\z";

    /// <summary>The name of an agent of the CLI. For an agent of a plugin, the plugin's name and a colon come first.</summary>
    public const string AgentName = @"^[a-zA-Z0-9][a-zA-Z0-9 ._:-]*\z";

    /// <summary>A beta of the model's API, as its header names it.</summary>
    public const string Beta = @"^[a-zA-Z0-9][a-zA-Z0-9._-]*\z";

    /// <summary>Categories of the CLI's debug output, or <c>true</c> for all.</summary>
    public const string DebugFilter = @"^!?[a-zA-Z0-9][a-zA-Z0-9_-]*(,!?[a-zA-Z0-9][a-zA-Z0-9_-]*)*\z";

    /// <summary>Any absolute path on one line.</summary>
    public const string AbsolutePath = @"^/[^\x00-\x1f\x7f]*\z";

    /// <summary>
    /// A file of the model provider and its destination: an ID, a colon, and a relative path on one line without the segments <c>.</c> and
    /// <c>..</c>.
    /// </summary>
    public const string FileSpec =
        @"^[a-zA-Z0-9][a-zA-Z0-9_-]*:\.*[^/.\x00-\x1f\x7f][^/\x00-\x1f\x7f]*(/\.*[^/.\x00-\x1f\x7f][^/\x00-\x1f\x7f]*)*\z";

    /// <summary>
    /// A long option with its value joined by <c>=</c>. The CLI cannot mistake it for a prompt, for a subcommand or for the value of the
    /// previous option.
    /// </summary>
    public const string ExtraArgument = @"^--[a-zA-Z][a-zA-Z0-9-]*(=[^\x00]*)?\z";

    /// <summary>
    /// Options of the CLI that <see cref="Runs.ClaudeOptions"/> has a field for, and options that Stromboli itself passes: in upper and
    /// lower case, with and without hyphens, negated, in the singular and plural, and with a file as the value.
    /// </summary>
    public const string OwnedArgument =
        "(?is)^--(no-?)*(add-?dirs?|agents?|(allow-?)?dangerously-?skip-?permissions|(dis)?allowed-?tools?"
        + "|(append-?)?system-?prompt(-?file)?|betas?|continue|debug(-?file|-?to-?stderr)?"
        + "|disable-?slash-?commands|effort|fallback-?model|files?|fork-?session|(in|out)put-?format"
        + "|include-?partial-?messages|json-?schema|max-?budget-?usd|max-?turns|mcp-?configs?|model"
        + "|permission-?mode|plugin-?dirs?|print|replay-?user-?messages|resume|session-?id|session-?persistence|settings"
        + "|setting-?sources?|strict-?mcp-?config|tools?|verbose)(=.*)?\\z";

    /// <summary>Text that can be a JSON object. Only a parser can decide whether it is one.</summary>
    public const string JsonObject = @"^[ \t\r\n]*\{[^\x00]*\}[ \t\r\n]*\z";

    /// <summary>Text that can be a JSON object, or an absolute path.</summary>
    public const string JsonObjectOrPath = @"^([ \t\r\n]*\{[^\x00]*\}[ \t\r\n]*|/[^\x00-\x1f\x7f]*)\z";

    /// <summary>An amount of US dollars: a decimal number greater than 0 and less than a million, with at most 12 decimal places.</summary>
    public const string Dollars = @"^([1-9][0-9]{0,5}(\.[0-9]{1,12})?|0\.0{0,11}[1-9][0-9]{0,11})\z";

    /// <summary>A UUID (RFC 9562) in lower case.</summary>
    public const string Uuid = @"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z";

    /// <summary>
    /// A tool of the CLI, optionally with a specifier: <c>Bash(git log:*)</c>. It is on one line and cannot be mistaken for an option.
    /// </summary>
    public const string Tool = @"^[a-zA-Z_*][^\x00-\x1f\x7f]*\z";

    /// <summary>A DNS subdomain (RFC 1123), the form of the names of Secrets and nodes.</summary>
    public const string DnsSubdomain = @"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\z";

    /// <summary>A key of a Secret or ConfigMap.</summary>
    public const string DataKey = @"^[a-zA-Z0-9._-]+\z";

    /// <summary>The key of a label: a name of at most 63 characters, optionally after a DNS subdomain and a slash.</summary>
    public const string LabelKey =
        @"^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/)?[a-zA-Z0-9]([a-zA-Z0-9_.-]{0,61}[a-zA-Z0-9])?\z";

    /// <summary>The value of a label.</summary>
    public const string LabelValue = @"^([a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?)?\z";

    /// <summary>An amount of US dollars: a decimal number less than a billion, with at most six decimal places.</summary>
    public const string Money = @"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?\z";

    /// <summary>
    /// A reason after which an attempt can be retried. Reasons that a retry cannot change, or that somebody asked for, are not among them.
    /// </summary>
    public const string RetryReason =
        @"^(AgentError|AuthenticationFailed|Crashed|GitCloneFailed|HookFailed|ImagePullFailed|MaxTurnsReached"
        + @"|ModelUnavailable|OutOfMemory|RateLimited|ServiceNotReady|StorageLimitExceeded|TimedOut)\z";

    /// <summary>
    /// The text of a <see cref="Values.GoDuration"/> field: what Go's <c>time.ParseDuration</c> accepts, without a minus sign.
    /// </summary>
    public const string Duration = @"^\+?(0|(([0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9})(ns|us|\xb5s|ms|s|m|h)){1,6})\z";
}
