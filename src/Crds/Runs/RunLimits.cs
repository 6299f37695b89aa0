namespace Stromboli.Crds.Runs;

/// <summary>The bounds of AgentRun's fields, shared by the CRD and the operator's own validation.</summary>
public static class RunLimits
{
    /// <summary>Bytes of a prompt or of a system prompt.</summary>
    public const int TextBytes = 65536;

    /// <summary>Bytes of a prompt that is somewhere else.</summary>
    public const int SourcedPromptBytes = 1024 * 1024;

    /// <summary>Bytes of one variable that is somewhere else, its name and <c>=</c> among them: what the kernel takes.</summary>
    public const int SourcedVariableBytes = 131071;

    /// <summary>
    /// Bytes of all variables of a run that are somewhere else; with the largest prompt and spec they fit into one message to the node.
    /// </summary>
    public const int SourcedVariablesBytes = 512 * 1024;

    /// <summary>Characters of a name of a model.</summary>
    public const int ModelName = 256;

    /// <summary>Names in a list of tools.</summary>
    public const int Tools = 100;

    /// <summary>Characters of a tool's name with its specifier.</summary>
    public const int ToolLength = 256;

    /// <summary>Characters of an amount of money.</summary>
    public const int DollarsLength = 20;

    /// <summary>Entries in a list of MCP configurations.</summary>
    public const int McpConfigs = 16;

    /// <summary>Characters of one MCP configuration.</summary>
    public const int McpConfigLength = 16384;

    /// <summary>Characters of the name of an agent.</summary>
    public const int AgentName = 256;

    /// <summary>Entries in a list of directories.</summary>
    public const int Directories = 32;

    /// <summary>Entries in a list of sources of settings.</summary>
    public const int SettingSources = 3;

    /// <summary>Entries in a list of betas; the gateway passes on 32, the CLI's own among them.</summary>
    public const int Betas = 16;

    /// <summary>Characters of the name of a beta; the gateway passes on no longer one.</summary>
    public const int BetaLength = 64;

    /// <summary>Characters of a filter of debug output.</summary>
    public const int DebugLength = 256;

    /// <summary>Characters of a UUID.</summary>
    public const int UuidLength = 36;

    /// <summary>Entries in a list of files.</summary>
    public const int Files = 32;

    /// <summary>Further options of the CLI.</summary>
    public const int ExtraArguments = 32;

    /// <summary>Characters of one of them, with its value.</summary>
    public const int ExtraArgumentLength = 2048;

    /// <summary>Turns of a run.</summary>
    public const int Turns = 10000;

    /// <summary>Words of a command.</summary>
    public const int Arguments = 100;

    /// <summary>
    /// Characters of a word of a command. The kernel's bound of one argument is 128 KiB, and a character has at most 4 bytes.
    /// </summary>
    public const int ArgumentLength = 32000;

    /// <summary>Commands in a list of hooks.</summary>
    public const int Hooks = 16;

    /// <summary>Characters of a hook.</summary>
    public const int HookLength = 16384;

    /// <summary>Environment variables.</summary>
    public const int Variables = 100;

    /// <summary>Characters of the name of an environment variable.</summary>
    public const int VariableName = 256;

    /// <summary>Characters of the value of an environment variable; see <see cref="ArgumentLength"/>.</summary>
    public const int VariableValue = 32000;

    /// <summary>Variables that are secrets of the node's Podman.</summary>
    public const int SecretVariables = 50;

    /// <summary>Directories and files of the node.</summary>
    public const int Volumes = 16;

    /// <summary>Options of one mount.</summary>
    public const int MountOptions = 8;

    /// <summary>Characters of an option of a mount.</summary>
    public const int MountOption = 16;

    /// <summary>Characters of an image name.</summary>
    public const int Image = 512;

    /// <summary>Secrets to pull an image with.</summary>
    public const int PullSecrets = 8;

    /// <summary>Characters of a path.</summary>
    public const int Path = 512;

    /// <summary>Characters of a branch, tag or commit id.</summary>
    public const int GitRef = 255;

    /// <summary>Commits of history; more is all of it.</summary>
    public const int GitDepth = 1_000_000;

    /// <summary>Characters of a URL.</summary>
    public const int Url = 1024;

    /// <summary>Characters of the name of a Secret or node.</summary>
    public const int Name = 253;

    /// <summary>Entries of a node selector.</summary>
    public const int Selectors = 16;

    /// <summary>Characters of a label's value.</summary>
    public const int LabelValue = 63;

    /// <summary>Least priority.</summary>
    public const int MinPriority = -1000000;

    /// <summary>Highest priority.</summary>
    public const int MaxPriority = 1000000;

    /// <summary>Shortest timeout.</summary>
    public const string MinTimeout = "1s";

    /// <summary>Longest timeout: a week.</summary>
    public const string MaxTimeout = "168h";

    /// <summary>Shortest time to keep workspace and log.</summary>
    public const string MinTtl = "0s";

    /// <summary>Longest time to keep workspace and log: a year.</summary>
    public const string MaxTtl = "8760h";

    /// <summary>Times that a run goes elsewhere because its node was lost.</summary>
    public const int NodeLostRetries = 10;

    /// <summary>Times that a run is tried again because an attempt failed.</summary>
    public const int Retries = 100;

    /// <summary>Reasons that another attempt follows.</summary>
    public const int RetryReasons = 16;

    /// <summary>Characters of such a reason.</summary>
    public const int RetryReason = 32;

    /// <summary>Most tokens of a budget.</summary>
    public const long BudgetTokens = 1_000_000_000_000;

    /// <summary>Characters of an amount of money.</summary>
    public const int Money = 20;

    /// <summary>Shortest time before the first retry.</summary>
    public const string MinBackoff = "1s";

    /// <summary>Longest time before the first retry.</summary>
    public const string MaxBackoff = "24h";

    /// <summary>Least memory; <c>512m</c>, which is half a byte, and <c>512</c> are below it.</summary>
    public const string MinMemory = "8Mi";

    /// <summary>Most memory.</summary>
    public const string MaxMemory = "16Ti";

    /// <summary>Least processor time: one millisecond in 100, the kernel's least quota.</summary>
    public const string MinCpu = "10m";

    /// <summary>Most processors.</summary>
    public const string MaxCpu = "4096";

    /// <summary>Least number of processes and threads; shim, relay and CLI need some.</summary>
    public const int MinPids = 16;

    /// <summary>Largest number of processes and threads: the kernel's usual bound of all that a machine has.</summary>
    public const int MaxPids = 32768;

    /// <summary>Smallest share of the processors; the kernel's bound.</summary>
    public const int MinCpuShares = 2;

    /// <summary>Largest share of the processors; the kernel's bound.</summary>
    public const int MaxCpuShares = 262144;

    /// <summary>Least disk.</summary>
    public const string MinStorage = "1Mi";

    /// <summary>Most disk.</summary>
    public const string MaxStorage = "64Ti";

    /// <summary>Fewest bytes of result in status.</summary>
    public const string MinStatusBytes = "1";

    /// <summary>Most bytes of result in status.</summary>
    public const string MaxStatusBytes = "32Ki";

    /// <summary>Shortest log.</summary>
    public const string MinLogBytes = "64Ki";

    /// <summary>Longest log.</summary>
    public const string MaxLogBytes = "1Gi";
}
