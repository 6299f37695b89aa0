using System.CommandLine;
using System.Net;
using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.Telemetry.Logs;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>The command line of the bridge. An invalid value gives one sentence and a non-zero exit code.</summary>
internal sealed class BridgeCommand
{
    /// <summary>The most that kernel.pid_max can be.</summary>
    private const int MostPids = 1 << 22;

    private readonly Option<Uri[]> _operators = new("--operator")
    {
        Required = true,
        Description = "The operator's address, https://HOST:PORT; may be given several times.",
        CustomParser = OptionParsers.Addresses,
    };

    private readonly Option<string?> _ca = new("--ca-file")
    {
        HelpName = BridgePath.HelpName,
        CustomParser = BridgePath.Parse,
        Required = true,
        Description = "The operator's certificate authority, in PEM.",
    };

    private readonly Option<string?> _token = new("--token-file")
    {
        HelpName = BridgePath.HelpName,
        CustomParser = BridgePath.Parse,
        Required = true,
        Description = "The file with this node's connect token; must be writable for renewal on a plain host.",
    };

    private readonly Option<string> _node = new("--node")
    {
        Description = "The name of the AgentNode.",
        DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant(),
    };

    private readonly Option<string?> _podman = new("--podman-socket")
    {
        HelpName = BridgePath.HelpName,
        CustomParser = BridgePath.Parse,
        Description = "Podman's API socket.",
        DefaultValueFactory = _ => Path.Combine(RuntimeRoot(), "podman", "podman.sock"),
    };

    private readonly Option<string?> _state = new("--state-dir")
    {
        HelpName = BridgePath.HelpName,
        CustomParser = BridgePath.Parse,
        Description = "Where attempts, their logs and ends are kept.",
        DefaultValueFactory = _ => Path.Combine(StateRoot(), "stromboli"),
    };

    private readonly Option<string?> _runs = new("--run-dir")
    {
        HelpName = BridgePath.HelpName,
        CustomParser = BridgePath.Parse,
        Description = "Where the sockets of running agents are; a short path.",
        DefaultValueFactory = _ => Path.Combine(RuntimeRoot(), "stromboli"),
    };

    private readonly Option<string?> _shim = new("--shim")
    {
        HelpName = BridgePath.HelpName,
        CustomParser = BridgePath.Parse,
        Description = "The shim that is the first process of each container.",
        DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "stromboli-shim"),
    };

    private readonly Option<string?> _measurer = new("--measurer")
    {
        HelpName = BridgePath.HelpName,
        CustomParser = BridgePath.Parse,
        Description = "The program that measures what runs have on the disk; stromboli-measurer beside the shim when absent.",
    };

    private readonly Option<string?> _reader = new("--reader")
    {
        HelpName = BridgePath.HelpName,
        CustomParser = BridgePath.Parse,
        Description = "The program that reads files that agents wrote; stromboli-reader beside the shim when absent.",
    };

    private readonly Option<long> _freeSpace = new("--min-free-space")
    {
        Description =
            "What is kept free of the disk that the engine's volumes are on, such as 2Gi: below it unused images are removed, then workspaces of runs that are over, and then the largest runs end with StorageLimitExceeded, of the namespace that has most.",
        CustomParser = OptionParsers.Quantity,
        DefaultValueFactory = _ => 2L << 30,
    };

    private readonly Option<long> _freeFiles = new("--min-free-inodes")
    {
        Description = "The same in inodes, where the file system has a fixed number of them.",
        CustomParser = OptionParsers.Quantity,
        DefaultValueFactory = _ => 100_000,
    };

    private readonly Option<int> _keptRuns = new("--max-kept-runs")
    {
        Description =
            "How many runs that are over are kept, with their logs and workspaces, until their ttlAfterFinished; beyond it the oldest of the namespace that has most go.",
        DefaultValueFactory = _ => BridgeOptions.DefaultKeptRuns,
    };

    private readonly Option<long> _keptBytes = new("--max-kept-bytes")
    {
        Description = "What the logs and records of such runs may take of the disk together, such as 10Gi.",
        CustomParser = OptionParsers.Quantity,
        DefaultValueFactory = _ => BridgeOptions.DefaultKeptBytes,
    };

    private readonly Option<string?> _claude = new("--claude")
    {
        HelpName = BridgePath.HelpName,
        CustomParser = BridgePath.Parse,
        Description =
            "The folder that holds the Claude Code CLI (a glibc binary named claude); without it the node runs agent.command only.",
    };

    private readonly Option<int> _maxRuns = new("--max-runs")
    {
        Description = "How many runs this node takes at once.",
        DefaultValueFactory = _ => 8,
    };

    private readonly Option<long?> _cpu = new("--cpu")
    {
        Description = "The processors that this node's runs may have together, such as 3500m or 6; all of the machine's when absent.",
        CustomParser = OptionParsers.Processors,
    };

    private readonly Option<long?> _memory = new("--memory")
    {
        Description = "The memory that this node's runs may have together, such as 12Gi; all of the machine's when absent.",
        CustomParser = OptionParsers.Bytes,
    };

    private readonly Option<int?> _pids = new("--max-pids")
    {
        Description =
            "The processes and threads that this node's runs may have together; three quarters of what the machine allows this user when absent.",
    };

    private readonly Option<int> _runPids = new("--max-run-pids")
    {
        Description = "The processes and threads that one run may have at most.",
        DefaultValueFactory = _ => BridgeOptions.DefaultMaxRunPids,
    };

    private readonly Option<bool> _unenforced = new("--allow-unenforced-limits")
    {
        Description = "Take runs although the engine cannot enforce all their limits; those are left out.",
    };

    private readonly Option<int> _starts = new("--parallel-starts")
    {
        Description = "How many containers are made and started at once.",
        DefaultValueFactory = _ => 4,
    };

    private readonly Option<string[]> _labels = new("--label")
    {
        Description = "KEY=VALUE that the node calls itself, shown under node.stromboli.dev/; may be given several times.",
    };

    private readonly Option<IPNetwork[]> _denied = new("--deny-cidr")
    {
        Description = "A network that nothing may be connected to for an agent, such as the cluster's own; may be given several times.",
        CustomParser = OptionParsers.Networks,
    };

    private readonly Option<long?> _maxImage = new("--max-image-size")
    {
        Description = "The largest image that is fetched for a run, unpacked, such as 8Gi; any when absent.",
        CustomParser = OptionParsers.Bytes,
    };

    private readonly Option<string[]> _registries = new("--allow-registry")
    {
        Description =
            "A registry, HOST[:PORT], that images are pulled from although its address is not public, such as a company's own; may be given several times.",
        CustomParser = OptionParsers.Registries,
    };

    private readonly Option<IPEndPoint?> _healthListen = new("--health-listen")
    {
        HelpName = "[ADDRESS]:PORT",
        Description =
            "Where /healthz, /readyz and /metrics are served, without TLS; on loopback when no address is given, nowhere when absent.",
        CustomParser = OptionParsers.Listener,
    };

    private readonly Option<LogFormat> _logFormat = new("--log-format")
    {
        HelpName = "text|json",
        Description = "How the log is written: as lines for people, or as one JSON object on each line.",
        CustomParser = LogFormats.Parse,
    };

    private readonly GitOptions _git = new();
    private readonly PermissionOptions _permissions = new();

    private BridgeCommand()
    {
        _maxRuns.Validators.Add(result => OptionParsers.Range(result, _maxRuns, 1, 1000));
        _pids.Validators.Add(result => OptionParsers.Range(result, _pids, RunLimits.MinPids, MostPids));
        _runPids.Validators.Add(result => OptionParsers.Range(result, _runPids, RunLimits.MinPids, RunLimits.MaxPids));
        _keptRuns.Validators.Add(result => OptionParsers.Range(result, _keptRuns, 1, 10_000));
        _starts.Validators.Add(result => OptionParsers.Range(result, _starts, 1, 64));
        _labels.Validators.Add(result => OptionParsers.Pairs(result, _labels));
    }

    /// <summary>The command.</summary>
    /// <param name="run">Runs the bridge and returns the exit code.</param>
    public static RootCommand Create(Func<BridgeOptions, CancellationToken, Task<int>> run)
    {
        var line = new BridgeCommand();
        var command = new RootCommand("The Stromboli bridge: runs agents on this node with its rootless Podman, as the operator wants.");
        foreach (var option in line.Options())
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => run(line.Read(parsed), cancellationToken));
        return command;
    }

    private Option[] Options() =>
        [
            _operators,
            _ca,
            _token,
            _node,
            _podman,
            _state,
            _runs,
            _shim,
            _measurer,
            _reader,
            _freeSpace,
            _freeFiles,
            _keptRuns,
            _keptBytes,
            _claude,
            _maxRuns,
            _cpu,
            _memory,
            _pids,
            _runPids,
            _unenforced,
            _starts,
            _maxImage,
            _registries,
            _labels,
            _denied,
            _healthListen,
            _logFormat,
            _git.Image,
            _git.CaFile,
            _git.AllowedOrigins,
            _git.MaxBytes,
            _git.MaxPushBytes,
            _permissions.Volumes,
            _permissions.Secrets,
        ];

    private BridgeOptions Read(ParseResult parsed) =>
        new()
        {
            Operators = parsed.GetValue(_operators)!,
            CaFile = parsed.GetValue(_ca)!,
            TokenFile = parsed.GetValue(_token)!,
            Node = parsed.GetValue(_node)!,
            PodmanSocket = parsed.GetValue(_podman)!,
            StateDirectory = parsed.GetValue(_state)!,
            RunDirectory = parsed.GetValue(_runs)!,
            Shim = parsed.GetValue(_shim)!,
            Measurer = parsed.GetValue(_measurer) ?? BesideShim(parsed, "stromboli-measurer"),
            Reader = parsed.GetValue(_reader) ?? BesideShim(parsed, "stromboli-reader"),
            MinFreeBytes = parsed.GetValue(_freeSpace),
            MinFreeFiles = parsed.GetValue(_freeFiles),
            HealthListen = parsed.GetValue(_healthListen),
            LogFormat = parsed.GetValue(_logFormat),
            KeptRuns = parsed.GetValue(_keptRuns),
            KeptBytes = parsed.GetValue(_keptBytes),
            Claude = parsed.GetValue(_claude),
            MaxRuns = parsed.GetValue(_maxRuns),
            CpuMillis = parsed.GetValue(_cpu),
            MemoryBytes = parsed.GetValue(_memory),
            MaxPids = parsed.GetValue(_pids),
            MaxRunPids = parsed.GetValue(_runPids),
            AllowUnenforcedLimits = parsed.GetValue(_unenforced),
            ParallelStarts = parsed.GetValue(_starts),
            MaxImageBytes = parsed.GetValue(_maxImage),
            AllowedRegistries = parsed.GetValue(_registries) ?? [],
            Labels = (parsed.GetValue(_labels) ?? []).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]),
            DeniedNetworks = parsed.GetValue(_denied) ?? [],
            GitImage = parsed.GetValue(_git.Image),
            GitCaFile = parsed.GetValue(_git.CaFile),
            AllowedGitOrigins = parsed.GetValue(_git.AllowedOrigins) ?? [],
            GitMaxBytes = parsed.GetValue(_git.MaxBytes),
            GitMaxPushBytes = parsed.GetValue(_git.MaxPushBytes),
            AllowedSecrets = parsed.GetValue(_permissions.Secrets) ?? [],
            AllowedVolumes = parsed.GetValue(_permissions.Volumes) ?? [],
        };

    private string BesideShim(ParseResult parsed, string name) => Path.Combine(Path.GetDirectoryName(parsed.GetValue(_shim))!, name);

    private static string RuntimeRoot() =>
        BridgePath.Absolute(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } root ? root : Path.GetTempPath());

    private static string StateRoot() =>
        BridgePath.Absolute(
            Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } root
                ? root
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state")
        );
}
