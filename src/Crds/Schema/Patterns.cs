namespace Stromboli.Crds.Schema;

/// <summary>
/// The regular expressions of the API, each used twice: by CEL rules in the CRDs (RE2) and by the operator's own validation (.NET), so they
/// stay within what both read alike. <c>\z</c>, not <c>$</c>, ends them: .NET's <c>$</c> lets a last newline pass.
/// </summary>
public static class Patterns
{
    /// <summary>Any text without a NUL, which would end an argument or variable early.</summary>
    public const string NoNul = @"^[^\x00]*\z";

    /// <summary>
    /// A fully qualified image name: registry host (with a dot, a port, or <c>localhost</c>), path, and a tag or a digest or both or
    /// neither.
    /// </summary>
    /// <remarks>The grammar of distribution's <c>reference</c> package, without its short names.</remarks>
    public const string Image =
        "^(localhost(:[0-9]{1,5})?|[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?((\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)+(:[0-9]{1,5})?|:[0-9]{1,5}))"
        + "(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)+(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?\\z";

    /// <summary>
    /// An absolute path of letters, digits and <c>_ . -</c>, without <c>.</c> and <c>..</c> as segments, other than <c>/</c>.
    /// </summary>
    public const string Path = @"^(/+\.*[a-zA-Z0-9_-][a-zA-Z0-9_.-]*)+/*\z";

    /// <summary>A <see cref="Path"/> written in the one shortest way: no slash twice or at its end.</summary>
    public const string PlainPath = @"^(/\.*[a-zA-Z0-9_-][a-zA-Z0-9_.-]*)+\z";

    /// <summary>
    /// Where nothing of the node is mounted, in <see cref="PlainPath"/>s: what the kernel, Stromboli or the engine has there itself, what
    /// is below that and what is above it. The runtime makes the places of inner mounts in outer ones: an outer one of the node would get
    /// files.
    /// </summary>
    public const string ReservedMount =
        @"^/((proc|sys|dev|run|tmp|var/tmp|home/agent|opt/stromboli|etc/(hosts|hostname|resolv\.conf|passwd|group))(/.*)?|opt|var|home|etc)\z";

    /// <summary>A secret's name as Podman takes it.</summary>
    public const string PodmanSecret = @"^[a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?\z";

    /// <summary>
    /// Paths that the kernel or Stromboli itself uses (<see cref="Runs.ContainerPaths"/>), what is below them and what is above them.
    /// </summary>
    public const string ReservedPath = @"^/+((proc|sys|dev|run/+stromboli|opt/+stromboli)(/.*)?|run/*|opt/*)\z";

    /// <summary>
    /// Paths at which every container already has a mount of its own, and what is below and above HOME: another one there would hide it, or
    /// be hidden.
    /// </summary>
    public const string OwnMount = @"^/+(tmp/*|var/+tmp/*|home/*|home/+agent(/.*)?)\z";

    /// <summary>Name of an environment variable that a shell can read.</summary>
    public const string EnvName = @"^[a-zA-Z_][a-zA-Z0-9_]*\z";

    /// <summary>Variables that steer loaders, interpreters, proxies or the CLI; in any case, since some programs read them so.</summary>
    public const string ProtectedEnv =
        @"(?i)^(PATH|HOME|SHELL|LD_.*|DYLD_.*|NODE_OPTIONS|NODE_PATH|PYTHONPATH|PERL5LIB|RUBYLIB|BASH_ENV|ENV|IFS|.*_PROXY|ANTHROPIC_.*|CLAUDE_.*)\z";

    /// <summary>
    /// An https origin, perhaps with a path: no user information, query or fragment, no address in brackets.
    /// </summary>
    public const string HttpsUrl = @"^https://[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]{1,5})?(/[a-zA-Z0-9._~/-]*)?\z";

    /// <summary>
    /// The https address of a Git repository: a path of at least one segment, no user information, query or fragment, no segment of dots
    /// alone, no escape but <c>%20</c>.
    /// </summary>
    public const string GitUrl =
        @"^https://[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]{1,5})?(/\.*([a-zA-Z0-9_~+-]|%20)([a-zA-Z0-9._~+-]|%20)*)+/?\z";

    /// <summary>
    /// A branch, a tag, a full ref or a commit id: what <c>git check-ref-format</c> takes, without braces and without a part that begins
    /// with <c>-</c>; see also <see cref="NoGitRef"/>.
    /// </summary>
    public const string GitRef =
        @"^[^\x00-\x20\x7f~^:?*\[\\/.{}-][^\x00-\x20\x7f~^:?*\[\\/.{}]*(\.[^\x00-\x20\x7f~^:?*\[\\/.{}]+)*"
        + @"(/[^\x00-\x20\x7f~^:?*\[\\/.{}-][^\x00-\x20\x7f~^:?*\[\\/.{}]*(\.[^\x00-\x20\x7f~^:?*\[\\/.{}]+)*)*\z";

    /// <summary>What looks like a ref and is none: <c>@</c>, and parts that end with <c>.lock</c>.</summary>
    public const string NoGitRef = @"^@\z|\.lock(/|\z)";

    /// <summary>A name of a model, an alias or a provider's identifier; it cannot be taken for an option.</summary>
    public const string ModelName = @"^[a-zA-Z0-9][a-zA-Z0-9._:/@\[\]-]*\z";

    /// <summary>One or more of <see cref="ModelName"/>, with commas between them.</summary>
    public const string ModelNames = @"^[a-zA-Z0-9][a-zA-Z0-9._:/@\[\]-]*(,[a-zA-Z0-9][a-zA-Z0-9._:/@\[\]-]*)*\z";

    /// <summary>A tool of the CLI, without a specifier.</summary>
    public const string ToolName = @"^[a-zA-Z][a-zA-Z0-9_-]*\z";

    /// <summary>A name of an agent of the CLI; one of a plugin has the plugin's name before a colon.</summary>
    public const string AgentName = @"^[a-zA-Z0-9][a-zA-Z0-9 ._:-]*\z";

    /// <summary>A beta of the model's API, as its header names it.</summary>
    public const string Beta = @"^[a-zA-Z0-9][a-zA-Z0-9._-]*\z";

    /// <summary>Categories of the CLI's debug output, or <c>true</c> for all.</summary>
    public const string DebugFilter = @"^!?[a-zA-Z0-9][a-zA-Z0-9_-]*(,!?[a-zA-Z0-9][a-zA-Z0-9_-]*)*\z";

    /// <summary>Any absolute path of one line.</summary>
    public const string AbsolutePath = @"^/[^\x00-\x1f\x7f]*\z";

    /// <summary>
    /// A file of the model provider's and where it goes: an id, a colon, and a relative path of one line without <c>.</c> and <c>..</c> as
    /// segments.
    /// </summary>
    public const string FileSpec =
        @"^[a-zA-Z0-9][a-zA-Z0-9_-]*:\.*[^/.\x00-\x1f\x7f][^/\x00-\x1f\x7f]*(/\.*[^/.\x00-\x1f\x7f][^/\x00-\x1f\x7f]*)*\z";

    /// <summary>
    /// A long option, its value joined by <c>=</c>: nothing that the CLI takes for a prompt, for a subcommand or for the value of the
    /// option before it.
    /// </summary>
    public const string ExtraArgument = @"^--[a-zA-Z][a-zA-Z0-9-]*(=[^\x00]*)?\z";

    /// <summary>
    /// Options of the CLI that <see cref="Runs.ClaudeOptions"/> has a field for, and those by which it is driven: in upper and lower case,
    /// with and without hyphens, negated, in the singular and plural, or from a file.
    /// </summary>
    public const string OwnedArgument =
        "(?is)^--(no-?)*(add-?dirs?|agents?|(allow-?)?dangerously-?skip-?permissions|(dis)?allowed-?tools?|(append-?)?system-?prompt(-?file)?|betas?|continue|debug(-?file|-?to-?stderr)?"
        + "|disable-?slash-?commands|effort|fallback-?model|files?|fork-?session|(in|out)put-?format|include-?partial-?messages|json-?schema|max-?budget-?usd|max-?turns|mcp-?configs?|model"
        + "|permission-?mode|plugin-?dirs?|print|replay-?user-?messages|resume|session-?id|session-?persistence|settings|setting-?sources?|strict-?mcp-?config|tools?|verbose)(=.*)?\\z";

    /// <summary>What may be a JSON object; whether it is one only a parser can say.</summary>
    public const string JsonObject = @"^[ \t\r\n]*\{[^\x00]*\}[ \t\r\n]*\z";

    /// <summary>What may be a JSON object, or an absolute path.</summary>
    public const string JsonObjectOrPath = @"^([ \t\r\n]*\{[^\x00]*\}[ \t\r\n]*|/[^\x00-\x1f\x7f]*)\z";

    /// <summary>An amount of US dollars: decimal, more than 0, below a million, to a millionth of a millionth.</summary>
    public const string Dollars = @"^([1-9][0-9]{0,5}(\.[0-9]{1,12})?|0\.0{0,11}[1-9][0-9]{0,11})\z";

    /// <summary>A UUID (RFC 9562) in lower case.</summary>
    public const string Uuid = @"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z";

    /// <summary>A tool of the CLI, perhaps with a specifier: <c>Bash(git log:*)</c>. One line; it cannot be taken for an option.</summary>
    public const string Tool = @"^[a-zA-Z_*][^\x00-\x1f\x7f]*\z";

    /// <summary>A DNS subdomain (RFC 1123), as names of Secrets and nodes are.</summary>
    public const string DnsSubdomain = @"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\z";

    /// <summary>A key of a Secret or ConfigMap.</summary>
    public const string DataKey = @"^[a-zA-Z0-9._-]+\z";

    /// <summary>A label's key: a name of at most 63 characters, perhaps after a DNS subdomain and a slash.</summary>
    public const string LabelKey =
        @"^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/)?[a-zA-Z0-9]([a-zA-Z0-9_.-]{0,61}[a-zA-Z0-9])?\z";

    /// <summary>A label's value.</summary>
    public const string LabelValue = @"^([a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?)?\z";

    /// <summary>US dollars: a plain decimal number below a thousand million, with at most six decimals.</summary>
    public const string Money = @"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?\z";

    /// <summary>An end of an attempt that another attempt may follow. What can become no better, or was wanted, is none.</summary>
    public const string RetryReason =
        @"^(AgentError|AuthenticationFailed|Crashed|GitCloneFailed|HookFailed|ImagePullFailed|MaxTurnsReached|ModelUnavailable|OutOfMemory|RateLimited|ServiceNotReady|StorageLimitExceeded|TimedOut)\z";

    /// <summary>What a <see cref="Values.GoDuration"/> field takes: what Go's <c>time.ParseDuration</c> does, without a minus.</summary>
    public const string Duration = @"^\+?(0|(([0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9})(ns|us|\xb5s|ms|s|m|h)){1,6})\z";
}
