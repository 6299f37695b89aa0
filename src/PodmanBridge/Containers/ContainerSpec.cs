using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// The container of an attempt. We set every field that an image or containers.conf could otherwise supply. It holds no secret, prompt,
/// variable or argument of the agent: those are sent over the shim's socket.
/// </summary>
internal static class ContainerSpec
{
    /// <summary>
    /// The time after the attempt's whole time at which the engine kills the container by itself, if neither bridge nor shim has stopped
    /// it.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    private const int SigTerm = 15;

    /// <summary>
    /// The only label of an image that Podman acts on: with it, <c>podman auto-update</c> replaces an image and restarts a unit that
    /// another label names.
    /// </summary>
    private const string AutoUpdate = "io.containers.autoupdate";

    private const ulong CpuPeriod = 100_000;

    /// <summary>The size at which conmon would start a new log. It is never reached, since the shim bounds its output.</summary>
    private const long LogSize = 1L << 40;

    /// <summary>
    /// The maximum number of signals and POSIX timers of one run. The kernel's own default is a thousand for each 250 MB of the machine's
    /// memory.
    /// </summary>
    private const ulong QueuedSignals = 1024;

    /// <summary>
    /// The weight of a run that does not ask for one. It is always set, because runtimes give a container without a weight more than this
    /// number.
    /// </summary>
    private const int UsualCpuShares = 1024;

    private static readonly NamespaceMode Private = new() { Mode = "private" };
    private static readonly NamespaceMode None = new() { Mode = "none" };

    /// <summary>What the bridge asks libpod to create.</summary>
    public static SpecGenerator Build(AttemptSpec spec, ContainerInputs inputs)
    {
        var names = ContainerNames.Of(inputs.Installation, inputs.UID, inputs.Attempt, spec.Session?.UID);
        var user = $"{inputs.User.InContainer}:{inputs.User.InContainer}";
        return new SpecGenerator
        {
            Name = names.Container,
            Image = inputs.ImageID,
            ImageName = spec.Image,
            Entrypoint = [MountPoints.Shim],
            Command = [],
            Env = new Dictionary<string, string>(),
            UnsetEnvAll = true,
            EnvHost = false,
            HttpProxy = false,
            Terminal = false,
            Stdin = false,
            Labels = new Dictionary<string, string>(Labels(spec, inputs)) { [AutoUpdate] = "disabled" },
            Annotations = new Dictionary<string, string>(),
            StopSignal = SigTerm,
            StopTimeout = 0,
            Timeout = EngineTimeout(spec),
            Log = new LogConfiguration
            {
                Driver = "k8s-file",
                Path = inputs.LogPath,
                Size = LogSize,
            },
            RestartPolicy = "no",
            Systemd = "false",
            SdNotify = "ignore",
            Init = false,
            Remove = false,
            User = user,
            Groups = [],
            Hostname = "agent",
            WorkDir = "/",
            Umask = "0022",
            PasswdEntry = $"agent:x:{user}:agent:{MountPoints.Home}:/bin/sh",
            GroupEntry = $"agent:x:{inputs.User.InContainer}:",
            PidNamespace = Private,
            UtsNamespace = Private,
            // A separate IPC namespace without Podman's /dev/shm, which does not bound inodes. Ours is among the mounts.
            IpcNamespace = None,
            CgroupNamespace = Private,
            NetworkNamespace = None,
            UserNamespace = inputs.User.IsEngineUser ? AgentUser.KeepID : AgentUser.Default,
            Cgroups = "enabled",
            CapAdd = [],
            CapDrop = ["all"],
            NoNewPrivileges = true,
            Privileged = false,
            SeccompPolicy = "default",
            SeccompProfile = inputs.Files.SeccompProfile,
            ReadOnlyRoot = true,
            ReadWriteTmpfs = false,
            ImageVolumes = "ignore",
            // The root is read-only, and a container does not survive a loss of power, so its own layer needs no fsync.
            Volatile = true,
            Mounts = ContainerMounts.Mounts(spec, inputs),
            Volumes = ContainerMounts.Volumes(spec, names),
            UseImageHosts = true,
            UseImageResolvConf = true,
            Rlimits = Rlimits,
            Resources = Resources(spec, inputs),
            HealthCheck = new SpecHealthCheck { Test = ["NONE"] },
        };
    }

    /// <summary>The labels of the attempt's container and volumes.</summary>
    public static IReadOnlyDictionary<string, string> Labels(AttemptSpec spec, ContainerInputs inputs) =>
        new Dictionary<string, string>
        {
            [ContainerLabels.Installation] = inputs.Installation,
            [ContainerLabels.Node] = inputs.Node,
            [ContainerLabels.RunUID] = inputs.UID,
            [ContainerLabels.Attempt] = inputs.Attempt.ToString(),
            [ContainerLabels.Namespace] = spec.Namespace,
            [ContainerLabels.Name] = spec.Name,
            [ContainerLabels.Limits] = LimitsOf(spec).All(inputs.EnforcedLimits.Contains)
                ? ContainerLabels.Enforced
                : ContainerLabels.Unenforced,
        };

    /// <summary>Every limit that the engine enforces for a run.</summary>
    internal static readonly IReadOnlyList<string> Limits = ["cpu", "memory", "pids"];

    private static IEnumerable<string> LimitsOf(AttemptSpec spec) =>
        spec is { WorkspaceBytes: null, StorageBytes: null } ? Limits : Limits.Append(NodeLimits.StorageLimit);

    /// <summary>At least 1, since the engine reads 0 as no timeout.</summary>
    private static uint EngineTimeout(AttemptSpec spec) =>
        (uint)Math.Clamp((spec.TimeoutMs / 1000) + (long)Grace.TotalSeconds, 1, uint.MaxValue);

    /// <summary>
    /// Core dumps are disabled. Queued signals count against the engine's own user too, in any user namespace; without a bound, one agent
    /// could use up those of all others. Real-time priority and raised priority are disabled, since a desktop's engine may have been
    /// allowed them and would pass them on. The bound of processes is not listed here. The runtime applies these limits before it becomes
    /// the agent's user, so that bound would count all processes of the engine (crun 1.21: "clone: Resource temporarily unavailable"). The
    /// shim sets it instead (<see cref="ShimGo.Pids"/>).
    /// </summary>
    private static readonly List<SpecRlimit> Rlimits =
    [
        new()
        {
            Type = "core",
            Soft = 0,
            Hard = 0,
        },
        new()
        {
            Type = "sigpending",
            Soft = QueuedSignals,
            Hard = QueuedSignals,
        },
        new()
        {
            Type = "rtprio",
            Soft = 0,
            Hard = 0,
        },
        new()
        {
            Type = "nice",
            Soft = 0,
            Hard = 0,
        },
    ];

    private static SpecResources? Resources(AttemptSpec spec, ContainerInputs inputs)
    {
        bool Enforced(string limit) => inputs.EnforcedLimits.Contains(limit);
        if (!Limits.Any(Enforced))
        {
            return null;
        }

        return new SpecResources
        {
            Memory = Enforced("memory") ? new SpecMemory { Limit = spec.MemoryBytes, Swap = spec.MemoryBytes } : null,
            Cpu = Enforced("cpu")
                ? new SpecCpu
                {
                    Quota = Math.Max(1000, spec.CpuMillis * (long)CpuPeriod / 1000),
                    Period = CpuPeriod,
                    Shares = (ulong)(spec.CpuShares ?? UsualCpuShares),
                }
                : null,
            Pids = Enforced("pids") ? new SpecPids { Limit = spec.Pids } : null,
        };
    }
}
