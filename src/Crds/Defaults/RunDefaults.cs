using Stromboli.Crds.Runs;
using Stromboli.Crds.Validation;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Defaults;

/// <summary>
/// The defaults of a run's fields. The operator's options set image and model origin. The CRD has no schema defaults for these fields:
/// defaults are applied before CEL, which then could not tell what the user wrote.
/// </summary>
public sealed record RunDefaults
{
    /// <summary>The fully qualified default image.</summary>
    public required string Image { get; init; }

    /// <summary>The origin of the model of a run without <c>baseURL</c>.</summary>
    public required Uri ModelOrigin { get; init; }

    /// <summary>The timeout of one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The timeout of all lifecycle commands together.</summary>
    public TimeSpan HooksTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The memory limit, in bytes.</summary>
    public long MemoryBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>The processor limit, in thousandths of a core.</summary>
    public long CpuMillicores { get; init; } = 1000;

    /// <summary>The limit of processes and threads.</summary>
    public int Pids { get; init; } = 256;

    /// <summary>The maximum size of the result in the status, in bytes.</summary>
    public int StatusBytes { get; init; } = 16 * 1024;

    /// <summary>The maximum size of the log, in bytes.</summary>
    public long LogBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>The mount path of the workspace.</summary>
    public string WorkspaceMountPath { get; init; } = ContainerPaths.Workspace;

    /// <summary>The number of commits of a repository's history to fetch.</summary>
    public int GitDepth { get; init; } = 1;

    /// <summary>How often a run can be started again because its node was lost.</summary>
    public int NodeLostRetries { get; init; } = 1;

    /// <summary>How often a run can be started again because an attempt failed.</summary>
    public int RetryLimit { get; init; }

    /// <summary>The reasons after which an attempt is retried.</summary>
    public IReadOnlyList<string> RetryReasons { get; init; } =
    [nameof(RunReason.Crashed), nameof(RunReason.OutOfMemory), nameof(RunReason.ModelUnavailable), nameof(RunReason.RateLimited)];

    /// <summary>The delay before the first retry.</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the node keeps workspace and log after the run has finished.</summary>
    public TimeSpan TtlAfterFinished { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The spec with every default applied.</summary>
    /// <exception cref="ArgumentException">The spec is invalid (<see cref="AgentRunValidator"/>).</exception>
    public ResolvedRun Resolve(AgentRunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (AgentRunValidator.Validate(spec) is [var first, ..])
        {
            throw new ArgumentException(first.ToString(), nameof(spec));
        }

        var limits = spec.Resources?.Limits;
        var mountPath = ContainerPaths.Normalize(spec.Workspace?.MountPath) ?? WorkspaceMountPath;
        var image = spec.Image ?? Image;
        return new ResolvedRun
        {
            Claude = spec.Agent?.Command is null ? ClaudeOf(spec) : null,
            Command = spec.Agent?.Command,
            Image = image,
            ImagePullPolicy = spec.ImagePullPolicy is { } policy ? Enum.Parse<ImagePullPolicy>(policy) : PullPolicyOf(image),
            ImagePullSecrets = [.. (spec.ImagePullSecrets ?? []).Select(secret => secret.Name!)],
            WorkspaceMountPath = mountPath,
            Git = GitOf(spec.Workspace?.Git),
            Workdir = ContainerPaths.Normalize(spec.Workdir) ?? mountPath,
            Env =
            [
                .. (spec.Env ?? [])
                    .Where(variable => variable.ValueFrom is null)
                    .Select(variable => KeyValuePair.Create(variable.Name!, variable.Value ?? "")),
            ],
            SecretsEnv = spec.SecretsEnv ?? [],
            WorkspaceHostPath = spec.Workspace?.HostPath?.Path,
            Volumes = [.. (spec.Volumes ?? []).Select(VolumeOf)],
            MemoryBytes = limits?.Memory?.WholeUnits ?? MemoryBytes,
            CpuMillicores = limits?.Cpu?.Thousandths ?? CpuMillicores,
            Pids = limits?.Pids ?? Pids,
            WorkspaceBytes = spec.Workspace?.EmptyDir?.SizeLimit?.WholeUnits,
            EphemeralStorageBytes = limits?.EphemeralStorage?.WholeUnits,
            CpuShares = spec.Resources?.CpuShares,
            Hooks = LifecycleHook.Of(spec.Lifecycle),
            HooksTimeout = ValueOf(spec.Lifecycle?.Timeout) ?? HooksTimeout,
            NodeSelector = spec.NodeSelector ?? [],
            NodeName = spec.NodeName,
            Priority = spec.Priority ?? 0,
            Timeout = ValueOf(spec.Timeout) ?? Timeout,
            StatusBytes = (int?)spec.Output?.StatusBytes?.WholeUnits ?? StatusBytes,
            LogBytes = spec.Output?.LogBytes?.WholeUnits ?? LogBytes,
        };
    }

    /// <summary>
    /// The default of Kubernetes: <c>Always</c> for the tag <c>latest</c> and for a name with neither tag nor digest, otherwise
    /// <c>IfNotPresent</c>.
    /// </summary>
    internal static ImagePullPolicy PullPolicyOf(string image)
    {
        var at = image.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? image : image[..at];
        var colon = name.IndexOf(':', name.LastIndexOf('/') + 1);
        var tag =
            colon >= 0 ? name[(colon + 1)..]
            : at < 0 ? "latest"
            : "";
        return tag == "latest" ? ImagePullPolicy.Always : ImagePullPolicy.IfNotPresent;
    }

    private static ClaudeOptions ClaudeOf(AgentRunSpec spec)
    {
        var claude = spec.Agent?.Claude ?? new ClaudeOptions();
        return spec.Output?.JsonSchema is { } schema ? claude with { JsonSchema = schema } : claude;
    }

    private GitWorkspace? GitOf(GitWorkspace? git) =>
        git is null ? null : git with { Url = git.Url!.TrimEnd('/'), Depth = git.Depth ?? GitDepth };

    private static HostVolume VolumeOf(VolumeSpec volume) =>
        new()
        {
            HostPath = volume.HostPath!,
            MountPath = volume.MountPath!,
            ReadOnly = volume.ReadOnly ?? true,
            NoExec = volume.Options?.Contains(MountOptions.NoExec) ?? false,
        };

    private static TimeSpan? ValueOf(GoDuration? duration) => duration?.Value;
}
