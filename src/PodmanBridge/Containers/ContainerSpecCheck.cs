using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Compares what the engine created with the plan. containers.conf, an image or another version of Podman may have added or changed
/// something. Any difference refuses the run.
/// </summary>
internal static class ContainerSpecCheck
{
    /// <summary>Variables that Podman itself sets. They reveal nothing, and the shim does not pass them on.</summary>
    private static readonly string[] OwnVariables = ["HOSTNAME=agent", "container=podman", "HOME=" + MountPoints.Home, "TERM=xterm"];

    /// <summary>The differences, each as half a sentence; empty if there are none.</summary>
    /// <param name="desired">What the bridge asked libpod for.</param>
    /// <param name="made">What libpod reports about the container, which is created and not yet started.</param>
    public static IReadOnlyList<string> Compare(SpecGenerator desired, ContainerInspection made)
    {
        var found = new Differences();
        if (made.Config is not { } config || made.HostConfig is not { } host)
        {
            return ["the engine tells nothing of its configuration"];
        }

        found.Same("image", desired.Image, made.ImageID?.Replace("sha256:", "", StringComparison.Ordinal));
        found.Same("pod", "", made.Pod ?? "");
        CompareProcess(found, desired, config);
        CompareAdditions(found, desired, config);
        CompareConfinement(found, made, host);
        UserMappingCheck.Compare(found, desired, host);
        CompareLimits(found, desired, host);
        found.Same("log driver", desired.Log.Driver, host.Log?.Type);
        found.Same("log path", desired.Log.Path, host.Log?.Path);
        ContainerMountCheck.Compare(found, desired, made);
        return found.List;
    }

    private static void CompareProcess(Differences found, SpecGenerator desired, InspectConfig config)
    {
        found.Same("entrypoint", string.Join(' ', desired.Entrypoint), config.Entrypoint);
        found.Only("command", config.Command, _ => false);
        found.Same("user", desired.User, config.User);
        found.Same("hostname", desired.Hostname, config.Hostname);
        found.Same("working directory", desired.WorkDir, config.WorkingDir);
        found.Same("umask", desired.Umask, config.Umask);
        found.Same("stop signal", desired.StopSignal, config.StopSignal);
        found.Same("stop timeout", desired.StopTimeout, config.StopTimeout);
        found.Same("timeout", desired.Timeout, config.Timeout);
        found.Same("terminal", desired.Terminal, config.Tty);
        found.Same("standard input", desired.Stdin, config.OpenStdin);
        found.Same("systemd mode", false, config.SystemdMode);
        found.Same("time zone", "", config.Timezone ?? "");
        found.Same("notify socket", "", config.SdNotifySocket ?? "");
    }

    private static void CompareAdditions(Differences found, SpecGenerator desired, InspectConfig config)
    {
        // Only names are reported, because a variable of the node may be a secret.
        found.Only(
            "variable",
            config.Env?.Where(v => !OwnVariables.Contains(v, StringComparer.Ordinal)).Select(v => v.Split('=')[0]),
            _ => false
        );
        found.Only("annotation", HarmlessAnnotations.Others(config.Annotations), _ => false);
        found.Only("secret", config.Secrets?.Select(s => s.Name ?? ""), _ => false);
        found.Only("chroot directory", config.ChrootDirs, _ => false);
        found.Only("health check", config.HealthCheck?.Test, t => t == "NONE");
        found.Only("startup health check", config.StartupHealthCheck?.Test, t => t == "NONE");
        foreach (var (key, value) in desired.Labels)
        {
            found.Same($"label {key}", value, config.Labels?.GetValueOrDefault(key));
        }
    }

    private static void CompareConfinement(Differences found, ContainerInspection made, InspectHostConfig host)
    {
        found.Only("capability", made.EffectiveCaps, _ => false);
        found.Only("bounding capability", made.BoundingCaps, _ => false);
        found.Only("added capability", host.CapAdd, _ => false);
        found.Only("group", host.GroupAdd, _ => false);
        found.Only("device", host.Devices?.Select(d => d.Path ?? ""), _ => false);
        found.Only("host name", host.ExtraHosts, _ => false);
        found.Only("port", host.PortBindings?.Keys, _ => false);
        found.Only("volumes of", host.VolumesFrom, _ => false);
        found.Same("privileged", false, host.Privileged);
        found.Same("read-only root", true, host.ReadOnlyRoot);
        found.Same("no-new-privileges", true, host.SecurityOptions?.Contains("no-new-privileges") ?? false);
        found.Only(
            "security option",
            host.SecurityOptions,
            o => o is "no-new-privileges" || o.StartsWith("seccomp=/", StringComparison.Ordinal)
        );
        found.Same("network", "none", host.NetworkMode);
        // Podman 4.3 reports no namespace as shareable. The runtime's configuration shows whether the namespace is the container's own.
        found.Only("IPC namespace", [host.IpcMode ?? ""], m => m is "none" or "shareable");
        found.Same("PID namespace", "private", host.PidMode);
        found.Same("UTS namespace", "private", host.UtsMode);
        found.Same("cgroup namespace", "private", host.CgroupMode);
        found.Same("restart policy", "no", host.RestartPolicy?.Name is { Length: > 0 } restart ? restart : "no");
        found.Same("removal at exit", false, host.AutoRemove);
        found.Same("init", false, host.Init ?? false);
        found.Same("OOM score", 0, host.OomScoreAdj);
    }

    private static void CompareLimits(Differences found, SpecGenerator desired, InspectHostConfig host)
    {
        if (desired.Resources?.Memory is { } memory)
        {
            found.Same("memory limit", memory.Limit, host.Memory);
            found.Same("swap limit", memory.Swap, host.MemorySwap);
        }
        if (desired.Resources?.Cpu is { } cpu)
        {
            found.Same("cpu limit", cpu.Quota * 1_000_000_000 / (long)cpu.Period, host.NanoCpus);
            found.Same("cpu shares", cpu.Shares ?? 0, host.CpuShares);
        }
        if (desired.Resources?.Pids is { } pids)
        {
            found.Same("process limit", pids.Limit, host.PidsLimit);
        }

        var ulimits = (host.Ulimits ?? []).ToDictionary(u =>
            u.Name?.Replace("RLIMIT_", "", StringComparison.OrdinalIgnoreCase).ToLowerInvariant() ?? ""
        );
        foreach (var limit in desired.Rlimits)
        {
            var made = ulimits.GetValueOrDefault(limit.Type);
            found.Same($"ulimit {limit.Type}", $"{limit.Soft}:{limit.Hard}", made is null ? null : $"{made.Soft}:{made.Hard}");
        }
        // Podman raises the limits of open files and of processes to what its own user may have.
        found.Only("ulimit", ulimits.Keys, k => k is "nofile" or "nproc" || desired.Rlimits.Any(l => l.Type == k));
    }
}
