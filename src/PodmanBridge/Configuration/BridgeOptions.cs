using System.Net;
using Stromboli.Gateway.Git;
using Stromboli.Telemetry.Logs;

namespace Stromboli.PodmanBridge.Configuration;

/// <summary>The options of the bridge, as its command line sets them.</summary>
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

    /// <summary>The program that reads files that agents wrote.</summary>
    public required string Reader { get; init; }

    /// <summary>Bytes of the disk that stay free.</summary>
    public required long MinFreeBytes { get; init; }

    /// <summary>Inodes of the disk that stay free.</summary>
    public required long MinFreeFiles { get; init; }

    /// <summary>Where health and metrics are served; null for nowhere.</summary>
    public IPEndPoint? HealthListen { get; init; }

    /// <summary>How log records are written.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>How many runs that are over the node keeps.</summary>
    public int KeptRuns { get; init; } = DefaultKeptRuns;

    /// <summary><see cref="KeptRuns"/> if the command line does not set it.</summary>
    public const int DefaultKeptRuns = 1000;

    /// <summary>How many bytes the logs and records of runs that are over may take together.</summary>
    public long KeptBytes { get; init; } = DefaultKeptBytes;

    /// <summary><see cref="KeptBytes"/> if the command line does not set it.</summary>
    public const long DefaultKeptBytes = 10L << 30;

    /// <summary>The folder of the Claude CLI; null if the node has none.</summary>
    public string? Claude { get; init; }

    /// <summary>How many runs the node takes at once.</summary>
    public required int MaxRuns { get; init; }

    /// <summary>Thousandths of a processor that the node's runs may have together; null for all the machine has.</summary>
    public long? CpuMillis { get; init; }

    /// <summary>Bytes of memory that the node's runs may have together; null for all the machine has.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Processes and threads that the node's runs may have together; null for what the machine allows.</summary>
    public int? MaxPids { get; init; }

    /// <summary>Processes and threads that one run may have at most.</summary>
    public int MaxRunPids { get; init; } = DefaultMaxRunPids;

    /// <summary><see cref="MaxRunPids"/> if the command line does not set it.</summary>
    public const int DefaultMaxRunPids = 4096;

    /// <summary>Whether limits that the engine cannot enforce are left out.</summary>
    public required bool AllowUnenforcedLimits { get; init; }

    /// <summary>How many containers are made and started at once.</summary>
    public required int ParallelStarts { get; init; }

    /// <summary>The largest image to fetch, unpacked, in bytes; null for any size.</summary>
    public long? MaxImageBytes { get; init; }

    /// <summary>What the node calls itself.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Networks that nothing may be connected to, beyond those that are never connected to.</summary>
    public required IReadOnlyList<IPNetwork> DeniedNetworks { get; init; }

    /// <summary>Registries that may have addresses which are not public, <c>host</c> or <c>host:port</c>.</summary>
    public IReadOnlyList<string> AllowedRegistries { get; init; } = [];

    /// <summary>The image that repositories are cloned in; null if the node clones none.</summary>
    public string? GitImage { get; init; }

    /// <summary>Further authorities that sign certificates of Git servers, in PEM; null for none.</summary>
    public string? GitCaFile { get; init; }

    /// <summary>Origins of repositories that may have addresses which are not public, <c>https://host:port</c>.</summary>
    public IReadOnlyList<string> AllowedGitOrigins { get; init; } = [];

    /// <summary>The most bytes that one clone may receive.</summary>
    public long GitMaxBytes { get; init; } = DefaultGitMaxBytes;

    /// <summary><see cref="GitMaxBytes"/> if the command line does not set it.</summary>
    public const long DefaultGitMaxBytes = GitGatewayOptions.DefaultMostBytes;

    /// <summary>The most bytes that one push sends.</summary>
    public long GitMaxPushBytes { get; init; } = DefaultGitMaxPushBytes;

    /// <summary><see cref="GitMaxPushBytes"/> if the command line does not set it.</summary>
    public const long DefaultGitMaxPushBytes = GitGatewayOptions.DefaultMostPushBytes;

    /// <summary>The host paths that runs may mount.</summary>
    public required IReadOnlyList<AllowedVolume> AllowedVolumes { get; init; }

    /// <summary>The Podman secrets that runs may have as variables.</summary>
    public required IReadOnlyList<string> AllowedSecrets { get; init; }
}
