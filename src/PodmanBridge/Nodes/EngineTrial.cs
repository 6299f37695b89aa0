using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>
/// Checks whether the engine can run a container at all. The container is like a run's, with the same confinement, limits and mounts, but
/// its root is an empty directory, so that no image is needed. The engine's own information does not tell: a runtime that cannot create
/// control groups, for example, fails at each start. The trial takes less than a second and is made once for each engine. A failed trial is
/// repeated whenever the result is needed.
/// </summary>
/// <param name="podman">The engine.</param>
/// <param name="availability">Tells when the engine was away, because it may be another one since.</param>
/// <param name="settings">What the container is made of.</param>
/// <param name="clock">The clock.</param>
internal sealed class EngineTrial(IPodman podman, EngineAvailability availability, EngineTrial.Settings settings, TimeProvider clock)
    : IDisposable
{
    /// <summary>Finds what a killed bridge left; its value is the node.</summary>
    private const string Label = "stromboli.dev/trial-for";

    private const int MaxWords = 300;

    /// <summary>An engine that needs longer for one container runs none in time.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    // Mount points of Podman and its runtime, created in advance because they could not create them.
    private static readonly string[] Folders = ["proc", "sys", "dev", "run", "tmp", "var/tmp", "etc", "opt/stromboli", "home/agent"];
    private static readonly string[] MountedFiles =
    [
        "opt/stromboli/shim",
        "etc/hosts",
        "etc/resolv.conf",
        "etc/hostname",
        "etc/passwd",
        "etc/group",
    ];

    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile Key? _passed;
    private bool _swept;

    /// <summary>What the container is made of.</summary>
    internal sealed record Settings
    {
        /// <summary>The node.</summary>
        public required string Node { get; init; }

        /// <summary>The shim.</summary>
        public required string ShimPath { get; init; }

        /// <summary>The files that are the same for every container.</summary>
        public required Func<ContainerFiles> Files { get; init; }

        /// <summary>A folder of the trial's own.</summary>
        public required string Directory { get; init; }
    }

    /// <summary>A run's container has failed: the engine is to be tried again.</summary>
    public void Doubt() => _passed = null;

    /// <summary>Why the engine can run no container, as one sentence; null when it can.</summary>
    /// <param name="version">The engine's version.</param>
    /// <param name="limits">The limits that the engine enforces.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PodmanException">The engine did not answer, which says nothing about its containers.</exception>
    public async Task<string?> ProblemAsync(string? version, IReadOnlyList<string> limits, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await ProblemAsync(new Key(version, string.Join(',', limits), availability.Returns), limits, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<string?> ProblemAsync(Key key, IReadOnlyList<string> limits, CancellationToken cancellationToken)
    {
        if (_passed == key)
        {
            return null;
        }

        using var timeout = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        string? problem;
        try
        {
            problem = await TryAsync(limits, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            problem = $"it did not do so within {Timeout.TotalSeconds:0} s";
        }

        _passed = problem is null ? key : null;
        return problem is null ? null : $"Podman cannot run a container: {problem}.";
    }

    private async Task<string?> TryAsync(IReadOnlyList<string> limits, CancellationToken cancellationToken)
    {
        if (!_swept)
        {
            await RemoveLeftoversAsync(cancellationToken);
        }

        _swept = true;
        var spec = Spec(limits);
        try
        {
            Prepare();
            await podman.Containers.CreateAsync(spec, cancellationToken);
            await podman.Containers.StartAsync(spec.Name, cancellationToken);
            return await podman.Containers.InspectAsync(spec.Name, cancellationToken) switch
            {
                { State.Running: true } => null,
                { State: { ExitCode: var code } } => $"its first process, {settings.ShimPath}, ended at once with {code}",
                _ => "it was gone as soon as it had been started",
            };
        }
        catch (PodmanException e) when (!e.IsUnanswered)
        {
            return Words(e.PodmanMessage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Words(e.Message);
        }
        finally
        {
            await RemoveAsync(spec.Name);
        }
    }

    // The shim in it talks to no bridge, because there is no socket where it looks for the bridge.
    private SpecGenerator Spec(IReadOnlyList<string> limits)
    {
        var id = Guid.NewGuid().ToString();
        var spec = ContainerSpec.Build(
            Attempt(id),
            new ContainerInputs
            {
                Installation = id,
                Node = settings.Node,
                UID = id,
                Attempt = 1,
                User = new AgentUser(WorkspaceUsers.First, WorkspaceUsers.First, IsEngineUser: false),
                ImageID = "",
                RunDirectory = Path.Combine(settings.Directory, "run"),
                ShimPath = settings.ShimPath,
                LogPath = Path.Combine(settings.Directory, "log"),
                Files = settings.Files(),
                EnforcedLimits = limits,
            }
        );
        return spec with
        {
            Name = $"stromboli-trial-{id}",
            ImageName = "",
            Rootfs = Path.Combine(settings.Directory, "root"),
            Labels = new Dictionary<string, string> { [Label] = settings.Node },
            Volumes = [],
        };
    }

    private static AttemptSpec Attempt(string id) =>
        new()
        {
            Namespace = "",
            Name = "",
            Image = "",
            ImagePullPolicy = ImagePullPolicy.Never,
            MountPath = "/workspace",
            Workdir = "/workspace",
            MemoryBytes = 64L << 20,
            CpuMillis = 1000,
            Pids = 16,
            TimeoutMs = (long)Timeout.TotalMilliseconds,
            StatusBytes = 0,
            LogBytes = 0,
            SessionID = id,
        };

    private void Prepare()
    {
        var root = Path.Combine(settings.Directory, "root");
        Directory.CreateDirectory(Path.Combine(settings.Directory, "run"));
        foreach (var folder in Folders)
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
        }

        foreach (var file in MountedFiles.Select(file => Path.Combine(root, file)).Where(file => !File.Exists(file)))
        {
            File.WriteAllBytes(file, []);
        }
        // Podman would create this link itself.
        if (new FileInfo(Path.Combine(root, "etc", "mtab")).LinkTarget is null)
        {
            File.CreateSymbolicLink(Path.Combine(root, "etc", "mtab"), "/proc/mounts");
        }
    }

    // This also runs after a cancelled trial. The next trial removes what this one could not.
    private async Task RemoveAsync(string name)
    {
        try
        {
            await podman.Containers.RemoveAsync(name, CancellationToken.None);
            Directory.Delete(settings.Directory, recursive: true);
        }
        catch (Exception e) when (e is PodmanException or IOException or UnauthorizedAccessException)
        {
            _swept = false;
        }
    }

    private async Task RemoveLeftoversAsync(CancellationToken cancellationToken)
    {
        foreach (
            var left in await podman.Containers.ListAsync(new Dictionary<string, string> { [Label] = settings.Node }, cancellationToken)
        )
        {
            await podman.Containers.RemoveAsync(left.ID, cancellationToken);
        }
    }

    // A person reads the engine's words in a condition.
    private static string Words(string message)
    {
        var line = string.Concat(message.Trim().TrimEnd('.').Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= MaxWords ? line : $"{line[..(char.IsHighSurrogate(line[MaxWords - 1]) ? MaxWords - 1 : MaxWords)]}…";
    }

    private sealed record Key(string? Version, string Limits, int Returns);
}
