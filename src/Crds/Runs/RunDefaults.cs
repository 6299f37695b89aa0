using Stromboli.Crds.Validation;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>
/// What absent fields of a run mean. Image and origin come from the operator's options. The CRD has no schema defaults for them, because
/// defaulting runs before CEL, which could then not tell what a user wrote.
/// </summary>
public sealed record RunDefaults
{
    /// <summary>Image of a run without one; fully qualified.</summary>
    public required string Image { get; init; }

    /// <summary>Origin of the model of a run without <c>baseURL</c>.</summary>
    public required Uri ModelOrigin { get; init; }

    /// <summary>Time of one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Time of all hooks together.</summary>
    public TimeSpan HooksTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Memory limit, in bytes.</summary>
    public long MemoryBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Processor limit, in thousandths of a core.</summary>
    public long CpuMillicores { get; init; } = 1000;

    /// <summary>Limit of processes and threads.</summary>
    public int Pids { get; init; } = 256;

    /// <summary>Bytes of result in status.</summary>
    public int StatusBytes { get; init; } = 16 * 1024;

    /// <summary>Bytes of log.</summary>
    public long LogBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Where the workspace is mounted.</summary>
    public string WorkspaceMountPath { get; init; } = ContainerPaths.Workspace;

    /// <summary>Commits of a repository's history that are fetched.</summary>
    public int GitDepth { get; init; } = 1;

    /// <summary>Times that a run may start again because its node was lost.</summary>
    public int NodeLostRetries { get; init; } = 1;

    /// <summary>Times that a run may start again because an attempt failed.</summary>
    public int RetryLimit { get; init; }

    /// <summary>Ends that are tried again.</summary>
    public IReadOnlyList<string> RetryReasons { get; init; } =
    [nameof(RunReason.Crashed), nameof(RunReason.OutOfMemory), nameof(RunReason.ModelUnavailable), nameof(RunReason.RateLimited)];

    /// <summary>Time before the first retry.</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that workspace and log are kept after the end.</summary>
    public TimeSpan TtlAfterFinished { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The spec with every default in its place.</summary>
    /// <exception cref="ArgumentException"><see cref="AgentRunValidator"/> has something against the spec: it is asked first.</exception>
    public ResolvedRun Resolve(AgentRunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (AgentRunValidator.Validate(spec) is [var first, ..])
        {
            throw new ArgumentException(first.ToString(), nameof(spec));
        }

        var limits = spec.Resources?.Limits;
        var mountPath = Normalise(spec.Workspace?.MountPath) ?? WorkspaceMountPath;
        var image = spec.Image ?? Image;
        return new ResolvedRun
        {
            Claude = spec.Agent?.Command is null ? ClaudeOf(spec) : null,
            Command = spec.Agent?.Command,
            ModelOrigin = spec.Model?.BaseURL is { } url ? new Uri(url) : ModelOrigin,
            CredentialsSecretName = spec.Model?.CredentialsSecretRef?.Name,
            Image = image,
            ImagePullPolicy = spec.ImagePullPolicy is { } policy ? Enum.Parse<ImagePullPolicy>(policy) : PullPolicyOf(image),
            ImagePullSecrets = [.. (spec.ImagePullSecrets ?? []).Select(secret => secret.Name!)],
            WorkspaceMountPath = mountPath,
            Git = GitOf(spec.Workspace?.Git),
            Workdir = Normalise(spec.Workdir) ?? mountPath,
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
            NodeLostRetries = spec.Retries?.NodeLost ?? NodeLostRetries,
            TtlAfterFinished = ValueOf(spec.TtlAfterFinished) ?? TtlAfterFinished,
            StatusBytes = (int?)spec.Output?.StatusBytes?.WholeUnits ?? StatusBytes,
            LogBytes = spec.Output?.LogBytes?.WholeUnits ?? LogBytes,
        };
    }

    /// <summary>
    /// As Kubernetes defaults it: <c>Always</c> with the tag <c>latest</c> or with neither tag nor digest, else <c>IfNotPresent</c>.
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

    internal static string? Normalise(string? path) =>
        path is null ? null : "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));

    private static TimeSpan? ValueOf(GoDuration? duration) => duration?.Value;
}
