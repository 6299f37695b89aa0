namespace Stromboli.Crds.Runs;

/// <summary>The bounds of AgentRun's fields, which the CRD and the operator's own validation share.</summary>
public static class RunLimits
{
    /// <summary>Bytes of a prompt or system prompt.</summary>
    public const int TextBytes = 65536;

    /// <summary>Bytes of a prompt from a Secret or ConfigMap.</summary>
    public const int SourcedPromptBytes = 1024 * 1024;

    /// <summary>Bytes of one variable from a Secret or ConfigMap, including its name and <c>=</c>. The kernel accepts no more.</summary>
    public const int SourcedVariableBytes = 131071;

    /// <summary>
    /// Bytes of all variables of a run from Secrets and ConfigMaps. Together with the largest prompt and spec, they fit into one message to
    /// the node.
    /// </summary>
    public const int SourcedVariablesBytes = 512 * 1024;

    /// <summary>Characters of a model name.</summary>
    public const int ModelName = 256;

    /// <summary>Names in a list of tools.</summary>
    public const int Tools = 100;

    /// <summary>Characters of a tool name with its specifier.</summary>
    public const int ToolLength = 256;

    /// <summary>Characters of <c>maxBudgetUSD</c>.</summary>
    public const int DollarsLength = 20;

    /// <summary>MCP configurations.</summary>
    public const int McpConfigs = 16;

    /// <summary>Characters of one MCP configuration.</summary>
    public const int McpConfigLength = 16384;

    /// <summary>Characters of an agent name.</summary>
    public const int AgentName = 256;

    /// <summary>Directories in a list.</summary>
    public const int Directories = 32;

    /// <summary>Settings sources in a list.</summary>
    public const int SettingSources = 3;

    /// <summary>Betas in a list. The gateway forwards 32, including those that the CLI adds.</summary>
    public const int Betas = 16;

    /// <summary>Characters of a beta name. The gateway forwards no longer one.</summary>
    public const int BetaLength = 64;

    /// <summary>Characters of a debug filter.</summary>
    public const int DebugLength = 256;

    /// <summary>Characters of a UUID.</summary>
    public const int UuidLength = 36;

    /// <summary>Files in a list.</summary>
    public const int Files = 32;

    /// <summary>Additional options of the CLI.</summary>
    public const int ExtraArguments = 32;

    /// <summary>Characters of one additional option with its value.</summary>
    public const int ExtraArgumentLength = 2048;

    /// <summary>Turns of a run.</summary>
    public const int Turns = 10000;

    /// <summary>Elements of a command.</summary>
    public const int Arguments = 100;

    /// <summary>
    /// Characters of an element of a command. The kernel accepts 128 KiB for one argument, and a character has at most 4 bytes.
    /// </summary>
    public const int ArgumentLength = 32000;

    /// <summary>Commands in a list of lifecycle commands.</summary>
    public const int Hooks = 16;

    /// <summary>Characters of a lifecycle command.</summary>
    public const int HookLength = 16384;

    /// <summary>Environment variables.</summary>
    public const int Variables = 100;

    /// <summary>Characters of a variable name.</summary>
    public const int VariableName = 256;

    /// <summary>Characters of a variable value; see <see cref="ArgumentLength"/>.</summary>
    public const int VariableValue = 32000;

    /// <summary>Variables whose values are Podman secrets.</summary>
    public const int SecretVariables = 50;

    /// <summary>Volumes.</summary>
    public const int Volumes = 16;

    /// <summary>Options of one mount.</summary>
    public const int MountOptions = 8;

    /// <summary>Characters of a mount option.</summary>
    public const int MountOption = 16;

    /// <summary>Characters of an image name.</summary>
    public const int Image = 512;

    /// <summary>Image pull secrets.</summary>
    public const int PullSecrets = 8;

    /// <summary>Characters of a path.</summary>
    public const int Path = 512;

    /// <summary>Characters of a branch, tag or commit ID.</summary>
    public const int GitRef = 255;

    /// <summary>Branches, or prefixes of branches, that a run may push to.</summary>
    public const int PushBranches = 20;

    /// <summary>Paths of a repository that a push must not change.</summary>
    public const int ProtectedPaths = 50;

    /// <summary>Characters of the message of a commit.</summary>
    public const int CommitMessage = 4096;

    /// <summary>Characters of the author's name or address of a commit.</summary>
    public const int CommitAuthor = 128;

    /// <summary>Commits of history.</summary>
    public const int GitDepth = 1_000_000;

    /// <summary>Characters of a URL.</summary>
    public const int Url = 1024;

    /// <summary>Webhooks.</summary>
    public const int Webhooks = 8;

    /// <summary>Events in the list of a webhook.</summary>
    public const int WebhookEvents = 4;

    /// <summary>Characters of an event of a webhook.</summary>
    public const int WebhookEvent = 16;

    /// <summary>Characters of the name of a Secret or node.</summary>
    public const int Name = 253;

    /// <summary>Labels in a node selector.</summary>
    public const int Selectors = 16;

    /// <summary>Characters of a label value.</summary>
    public const int LabelValue = 63;

    /// <summary>The lowest priority.</summary>
    public const int MinPriority = -1000000;

    /// <summary>The highest priority.</summary>
    public const int MaxPriority = 1000000;

    /// <summary>The shortest timeout.</summary>
    public const string MinTimeout = "1s";

    /// <summary>The longest timeout: a week.</summary>
    public const string MaxTimeout = "168h";

    /// <summary>The shortest time to keep something after the run has finished.</summary>
    public const string MinTtl = "0s";

    /// <summary>The longest time to keep something after the run has finished: a year.</summary>
    public const string MaxTtl = "8760h";

    /// <summary>Retries because a node was lost.</summary>
    public const int NodeLostRetries = 10;

    /// <summary>Retries because an attempt failed.</summary>
    public const int Retries = 100;

    /// <summary>Reasons in the list of reasons to retry.</summary>
    public const int RetryReasons = 16;

    /// <summary>Characters of a reason to retry.</summary>
    public const int RetryReason = 32;

    /// <summary>Tokens of a budget.</summary>
    public const long BudgetTokens = 1_000_000_000_000;

    /// <summary>Characters of <c>maxCostUSD</c>.</summary>
    public const int Money = 20;

    /// <summary>The shortest delay before the first retry.</summary>
    public const string MinBackoff = "1s";

    /// <summary>The longest delay before the first retry.</summary>
    public const string MaxBackoff = "24h";

    /// <summary>The least memory. It refuses <c>512m</c>, which is half a byte, and <c>512</c>.</summary>
    public const string MinMemory = "8Mi";

    /// <summary>The most memory.</summary>
    public const string MaxMemory = "16Ti";

    /// <summary>The least processor time: one millisecond in 100, the kernel's smallest quota.</summary>
    public const string MinCpu = "10m";

    /// <summary>The most processor time.</summary>
    public const string MaxCpu = "4096";

    /// <summary>The fewest processes and threads. Shim, relay and CLI need some themselves.</summary>
    public const int MinPids = 16;

    /// <summary>The most processes and threads: the kernel's usual limit for a whole machine.</summary>
    public const int MaxPids = 32768;

    /// <summary>The kernel's smallest processor share.</summary>
    public const int MinCpuShares = 2;

    /// <summary>The kernel's largest processor share.</summary>
    public const int MaxCpuShares = 262144;

    /// <summary>The least disk space.</summary>
    public const string MinStorage = "1Mi";

    /// <summary>The most disk space.</summary>
    public const string MaxStorage = "64Ti";

    /// <summary>The fewest bytes of result in the status.</summary>
    public const string MinStatusBytes = "1";

    /// <summary>The most bytes of result in the status.</summary>
    public const string MaxStatusBytes = "32Ki";

    /// <summary>The smallest log.</summary>
    public const string MinLogBytes = "64Ki";

    /// <summary>The largest log.</summary>
    public const string MaxLogBytes = "1Gi";
}
