using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Stromboli.Crds.Values;
using Stromboli.PodmanBridge.HostPaths;

namespace Stromboli.PodmanBridge;

/// <summary>The bridge's command line.</summary>
internal sealed record BridgeOptions
{
    /// <summary>The operator's addresses.</summary>
    public required IReadOnlyList<Uri> Operators { get; init; }

    /// <summary>The authorities to trust, in PEM.</summary>
    public required string CaFile { get; init; }

    /// <summary>The file with the connect token.</summary>
    public required string TokenFile { get; init; }

    /// <summary>The AgentNode's name.</summary>
    public required string Node { get; init; }

    /// <summary>Podman's socket.</summary>
    public required string PodmanSocket { get; init; }

    /// <summary>Where attempts are kept.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Where the run directories are.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>The shim.</summary>
    public required string Shim { get; init; }

    /// <summary>The program that measures what runs have on the disk.</summary>
    public required string Measurer { get; init; }

    /// <summary>Bytes of the disk that are kept free.</summary>
    public required long MinFreeBytes { get; init; }

    /// <summary>Inodes of the disk that are kept free.</summary>
    public required long MinFreeFiles { get; init; }

    /// <summary>The folder of the Claude CLI; null if the node has none.</summary>
    public string? Claude { get; init; }

    /// <summary>How many runs the node takes at once.</summary>
    public required int MaxRuns { get; init; }

    /// <summary>Thousandths of a processor that the node's runs may have together; null for all the machine has.</summary>
    public long? CpuMillis { get; init; }

    /// <summary>Bytes of memory that the node's runs may have together; null for all the machine has.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Whether limits that the engine cannot enforce are left out.</summary>
    public required bool AllowUnenforcedLimits { get; init; }

    /// <summary>How many containers are made and started at once.</summary>
    public required int ParallelStarts { get; init; }

    /// <summary>The largest image that is fetched, unpacked, in bytes; null for any.</summary>
    public long? MaxImageBytes { get; init; }

    /// <summary>What the node calls itself.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Networks that nothing may be connected to, beyond those that are never connected to.</summary>
    public required IReadOnlyList<IPNetwork> DeniedNetworks { get; init; }

    /// <summary>The image that repositories are cloned in; null if the node clones none.</summary>
    public string? GitImage { get; init; }

    /// <summary>Further authorities that sign certificates of Git servers, in PEM; null for none.</summary>
    public string? GitCaFile { get; init; }

    /// <summary>Origins of repositories that may have addresses which are not public, <c>https://host:port</c>.</summary>
    public IReadOnlyList<string> AllowedGitOrigins { get; init; } = [];

    /// <summary>The most that one clone receives, in bytes.</summary>
    public long GitMaxBytes { get; init; } = DefaultGitMaxBytes;

    /// <summary>What <see cref="GitMaxBytes"/> is when nobody says.</summary>
    public const long DefaultGitMaxBytes = 10L * 1024 * 1024 * 1024;

    /// <summary>What runs may mount of this node.</summary>
    public required IReadOnlyList<AllowedVolume> AllowedVolumes { get; init; }

    /// <summary>The Podman secrets that runs may have as variables.</summary>
    public required IReadOnlyList<string> AllowedSecrets { get; init; }

    /// <summary>The command; its action gets the options.</summary>
    public static RootCommand Command(Func<BridgeOptions, CancellationToken, Task<int>> run)
    {
        var operators = new Option<Uri[]>("--operator") { Required = true, Description = "The operator's address, https://HOST:PORT; may be given several times.", CustomParser = ParseAddresses };
        var ca = new Option<string>("--ca-file") { Required = true, Description = "The operator's certificate authority, in PEM." };
        var token = new Option<string>("--token-file") { Required = true, Description = "The file with this node's connect token; must be writable for renewal on a plain host." };
        var node = new Option<string>("--node") { Description = "The name of the AgentNode.", DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant() };
        var podman = new Option<string>("--podman-socket") { Description = "Podman's API socket.", DefaultValueFactory = _ => Path.Combine(RuntimeRoot(), "podman", "podman.sock") };
        var state = new Option<string>("--state-dir") { Description = "Where attempts, their logs and ends are kept.", DefaultValueFactory = _ => Path.Combine(StateRoot(), "stromboli") };
        var runs = new Option<string>("--run-dir") { Description = "Where the sockets of running agents are; a short path.", DefaultValueFactory = _ => Path.Combine(RuntimeRoot(), "stromboli") };
        var shim = new Option<string>("--shim") { Description = "The shim that is the first process of each container.", DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "stromboli-shim") };
        var measurer = new Option<string?>("--measurer") { Description = "The program that measures what runs have on the disk; stromboli-measurer beside the shim when absent." };
        var freeSpace = new Option<long>("--min-free-space") { Description = "What is kept free of the disk that the engine's volumes are on, such as 2Gi: below it the run that has most on it ends with StorageLimitExceeded, after the workspaces of runs that are over are removed.", CustomParser = ParseQuantity, DefaultValueFactory = _ => 2L << 30 };
        var freeFiles = new Option<long>("--min-free-inodes") { Description = "The same in inodes, where the file system has a fixed number of them.", CustomParser = ParseQuantity, DefaultValueFactory = _ => 100_000 };
        var claude = new Option<string?>("--claude") { Description = "The folder that holds the Claude Code CLI (a glibc binary named claude); without it the node runs agent.command only." };
        var maxRuns = new Option<int>("--max-runs") { Description = "How many runs this node takes at once.", DefaultValueFactory = _ => 8 };
        var cpu = new Option<long?>("--cpu") { Description = "The processors that this node's runs may have together, such as 3500m or 6; all of the machine's when absent.", CustomParser = ParseProcessors };
        var memory = new Option<long?>("--memory") { Description = "The memory that this node's runs may have together, such as 12Gi; all of the machine's when absent.", CustomParser = ParseBytes };
        var unenforced = new Option<bool>("--allow-unenforced-limits") { Description = "Take runs although the engine cannot enforce all their limits; those are left out." };
        var starts = new Option<int>("--parallel-starts") { Description = "How many containers are made and started at once.", DefaultValueFactory = _ => 4 };
        var labels = new Option<string[]>("--label") { Description = "KEY=VALUE that the node calls itself, shown under node.stromboli.dev/; may be given several times." };
        var denied = new Option<IPNetwork[]>("--deny-cidr") { Description = "A network that nothing may be connected to for an agent, such as the cluster's own; may be given several times.", CustomParser = ParseNetworks };
        var git = new GitOptions();
        var maxImage = new Option<long?>("--max-image-size") { Description = "The largest image that is fetched for a run, unpacked, such as 8Gi; any when absent.", CustomParser = ParseBytes };
        var permissions = new PermissionOptions();
        maxRuns.Validators.Add(result => Range(result, maxRuns, 1, 1000));
        starts.Validators.Add(result => Range(result, starts, 1, 64));
        labels.Validators.Add(result => Pairs(result, labels));

        var command = new RootCommand("The Stromboli bridge: runs agents on this node with its rootless Podman, as the operator wants.")
        {
            operators, ca, token, node, podman, state, runs, shim, measurer, freeSpace, freeFiles, claude, maxRuns, cpu, memory, unenforced, starts, maxImage, labels, denied, git.Image, git.CaFile, git.AllowedOrigins, git.MaxBytes,
            permissions.Volumes, permissions.Secrets,
        };
        command.SetAction((parsed, cancellationToken) => run(
            new BridgeOptions
            {
                Operators = parsed.GetValue(operators)!,
                CaFile = parsed.GetValue(ca)!,
                TokenFile = parsed.GetValue(token)!,
                Node = parsed.GetValue(node)!,
                PodmanSocket = parsed.GetValue(podman)!,
                StateDirectory = parsed.GetValue(state)!,
                RunDirectory = parsed.GetValue(runs)!,
                Shim = parsed.GetValue(shim)!,
                Measurer = parsed.GetValue(measurer) ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(parsed.GetValue(shim)!))!, "stromboli-measurer"),
                MinFreeBytes = parsed.GetValue(freeSpace),
                MinFreeFiles = parsed.GetValue(freeFiles),
                Claude = parsed.GetValue(claude),
                MaxRuns = parsed.GetValue(maxRuns),
                CpuMillis = parsed.GetValue(cpu),
                MemoryBytes = parsed.GetValue(memory),
                AllowUnenforcedLimits = parsed.GetValue(unenforced),
                ParallelStarts = parsed.GetValue(starts),
                MaxImageBytes = parsed.GetValue(maxImage),
                Labels = (parsed.GetValue(labels) ?? []).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]),
                DeniedNetworks = parsed.GetValue(denied) ?? [],
                GitImage = parsed.GetValue(git.Image),
                GitCaFile = parsed.GetValue(git.CaFile),
                AllowedGitOrigins = parsed.GetValue(git.AllowedOrigins) ?? [],
                GitMaxBytes = parsed.GetValue(git.MaxBytes),
                AllowedSecrets = parsed.GetValue(permissions.Secrets) ?? [],
                AllowedVolumes = parsed.GetValue(permissions.Volumes) ?? [],
            },
            cancellationToken));
        return command;
    }

    private static Uri[] ParseAddresses(ArgumentResult result)
    {
        var addresses = new List<Uri>();
        foreach (var token in result.Tokens)
        {
            if (Uri.TryCreate(token.Value, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps)
            {
                addresses.Add(address);
            }
            else
            {
                result.AddError($"--operator: '{token.Value}' is not an https address, such as https://stromboli-hub.stromboli-system:8443.");
            }
        }

        return [.. addresses];
    }

    private static long ParseQuantity(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (new Quantity(text).WholeUnits is >= 0 and var value)
            return value;
        result.AddError($"'{text}' is not an amount, such as 2Gi or 500Mi.");
        return 0;
    }

    private static IPNetwork[] ParseNetworks(ArgumentResult result)
    {
        var networks = new List<IPNetwork>();
        foreach (var token in result.Tokens)
        {
            if (IPNetwork.TryParse(token.Value, out var network))
            {
                networks.Add(network);
            }
            else
            {
                result.AddError($"--deny-cidr: '{token.Value}' is not a network, such as 10.96.0.0/12.");
            }
        }

        return [.. networks];
    }

    private static long? ParseProcessors(ArgumentResult result)
    {
        if (new Quantity(result.Tokens.Single().Value).Thousandths is > 0 and var thousandths)
            return thousandths;
        result.AddError($"{result.Tokens.Single().Value} is not a number of processors, such as 3500m or 6.");
        return null;
    }

    private static long? ParseBytes(ArgumentResult result)
    {
        var quantity = new Quantity(result.Tokens.Single().Value);
        if (quantity is { IsValid: true, WholeUnits: > 0 })
        {
            return quantity.WholeUnits;
        }

        result.AddError($"{result.Tokens.Single().Value} is not a number of bytes, such as 8Gi.");
        return null;
    }

    private static void Range(OptionResult result, Option<int> option, int from, int to)
    {
        if (result.GetValueOrDefault<int>() is var value && (value < from || value > to))
        {
            result.AddError($"{option.Name} must be from {from} to {to}, but is {value}.");
        }
    }

    private static void Pairs(OptionResult result, Option<string[]> option)
    {
        var values = result.GetValueOrDefault<string[]>() ?? [];
        foreach (var value in values.Where(value => value.IndexOf('=') < 1))
        {
            result.AddError($"{option.Name} must be KEY=VALUE, but is '{value}'.");
        }

        if (values.Select(value => value.Split('=')[0]).GroupBy(key => key).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            result.AddError($"{option.Name} names '{twice.Key}' more than once.");
        }
    }

    private static string RuntimeRoot() => Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? Path.GetTempPath();

    private static string StateRoot() =>
        Environment.GetEnvironmentVariable("XDG_STATE_HOME")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
}
