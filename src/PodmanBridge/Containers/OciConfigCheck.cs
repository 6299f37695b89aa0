using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Compares the OCI runtime's configuration with the plan. Podman's inspect (seen with 5.4.2) does not show the seccomp filter, hooks and
/// sysctls, nor mounts and devices that containers.conf or mounts.conf add. Only this configuration does. It exists once the container has
/// been started, so it is read while the shim holds the agent.
/// </summary>
internal static class OciConfigCheck
{
    /// <summary>Podman's own default. It concerns a network namespace without an interface.</summary>
    private static readonly string[] OwnSysctls = ["net.ipv4.ping_group_range"];

    private static readonly string[] OwnVariables =
    [
        "HOSTNAME=agent",
        "container=podman",
        "container=oci",
        "HOME=" + MountPoints.Home,
        "TERM=xterm",
    ];

    private static readonly string[] Namespaces = ["cgroup", "ipc", "mount", "network", "pid", "uts"];

    /// <summary>The paths of /proc and /sys that must be hidden, among those that Podman hides.</summary>
    private static readonly string[] Masked =
    [
        "/proc/acpi",
        "/proc/kcore",
        "/proc/keys",
        "/proc/timer_list",
        "/proc/scsi",
        "/sys/firmware",
    ];

    private static readonly string[] ReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <summary>
    /// Reads the configuration of a started container and returns the differences, each as half a sentence; empty if there are none.
    /// </summary>
    /// <param name="desired">What the bridge asked libpod for.</param>
    /// <param name="started">What libpod reports about the started container.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<IReadOnlyList<string>> CompareAsync(
        SpecGenerator desired,
        ContainerInspection started,
        CancellationToken cancellationToken
    )
    {
        var config = started.OciConfigPath is { Length: > 0 } path ? await OciConfigReader.ReadAsync(path, cancellationToken) : null;
        return config is null
            ? [$"the runtime's configuration {started.OciConfigPath} cannot be read"]
            : Compare(desired, started.ID, config);
    }

    /// <summary>The differences, each as half a sentence; empty if there are none.</summary>
    public static IReadOnlyList<string> Compare(SpecGenerator desired, string containerID, OciConfig config)
    {
        var found = new Differences();
        CompareProcess(found, desired, config.Process ?? new OciProcess());
        found.Same("hostname", desired.Hostname, config.Hostname);
        found.Same("read-only root", desired.ReadOnlyRoot, config.Root?.ReadOnly ?? false);
        found.Only(
            "hook",
            config.Hooks?.Where(h => h.Value is not { ValueKind: System.Text.Json.JsonValueKind.Null }).Select(h => h.Key),
            _ => false
        );
        found.Only("annotation", HarmlessAnnotations.Others(config.Annotations), _ => false);
        CompareLinux(found, desired, config.Linux ?? new OciLinux());
        OciMountCheck.Compare(found, desired, containerID, config.Mounts ?? []);
        return found.List;
    }

    private static void CompareProcess(Differences found, SpecGenerator desired, OciProcess process)
    {
        found.Same("program", string.Join(' ', desired.Entrypoint), string.Join(' ', process.Arguments ?? []));
        found.Same("terminal", false, process.Terminal);
        found.Same("working directory", desired.WorkDir, process.WorkingDirectory);
        found.Same("user", desired.User, $"{process.User?.UID}:{process.User?.GID}");
        found.Only(
            "group",
            process.User?.AdditionalGIDs?.Select(g => g.ToString()),
            g => desired.User.EndsWith(":" + g, StringComparison.Ordinal)
        );
        found.Same("umask", desired.Umask, Convert.ToString(process.User?.Umask ?? 0, 8).PadLeft(4, '0'));
        // Only names are reported, because a variable of the node may be a secret.
        found.Only(
            "variable",
            process.Env?.Where(v => !OwnVariables.Contains(v, StringComparer.Ordinal)).Select(v => v.Split('=')[0]),
            _ => false
        );
        found.Only("capability", process.Capabilities?.SelectMany(c => c.Value ?? []).Distinct(), _ => false);
        found.Same("no-new-privileges", true, process.NoNewPrivileges);
        var limits = (process.Rlimits ?? []).ToDictionary(l =>
            l.Type?.Replace("RLIMIT_", "", StringComparison.Ordinal).ToLowerInvariant() ?? ""
        );
        foreach (var limit in desired.Rlimits)
        {
            var made = limits.GetValueOrDefault(limit.Type);
            found.Same($"ulimit {limit.Type}", $"{limit.Soft}:{limit.Hard}", made is null ? null : $"{made.Soft}:{made.Hard}");
        }
        found.Only("ulimit", limits.Keys, k => k is "nofile" or "nproc" || desired.Rlimits.Any(l => l.Type == k));
    }

    private static void CompareLinux(Differences found, SpecGenerator desired, OciLinux linux)
    {
        var namespaces = (linux.Namespaces ?? []).Select(n => n.Path is { Length: > 0 } path ? $"{n.Type}:{path}" : n.Type ?? "");
        string[] meant =
            desired.UserNamespace == AgentUser.KeepID ? [.. Namespaces.Append("user").Order(StringComparer.Ordinal)] : Namespaces;
        found.Same("namespaces", string.Join(' ', meant), string.Join(' ', namespaces.Order(StringComparer.Ordinal)));
        UserMappingCheck.Compare(found, desired, linux);
        found.Only("sysctl", linux.Sysctl?.Keys, k => OwnSysctls.Contains(k, StringComparer.Ordinal));
        found.Only("device", linux.Devices?.Select(d => d.Path ?? ""), _ => false);
        foreach (var path in Masked.Except(linux.MaskedPaths ?? []))
        {
            found.Add($"{path} is not masked");
        }

        foreach (var path in ReadOnly.Except(linux.ReadOnlyPaths ?? []))
        {
            found.Add($"{path} is not read-only");
        }

        CompareSeccomp(found, linux.Seccomp ?? new OciSeccomp());
    }

    private static void CompareSeccomp(Differences found, OciSeccomp seccomp)
    {
        var meant = SeccompProfile.Build();
        found.Same("seccomp default", $"{meant.DefaultAction} {meant.DefaultError}", $"{seccomp.DefaultAction} {seccomp.DefaultError}");
        found.Only("seccomp architecture", seccomp.Architectures, _ => false);
        var made = (seccomp.Rules ?? []).Select(Text).ToHashSet(StringComparer.Ordinal);
        if (!made.SetEquals(meant.Rules.Select(Text)))
        {
            found.Add("the seccomp rules are others than ours");
        }
    }

    private static string Text(SeccompRule rule) =>
        $"{string.Join(' ', rule.Names.Order(StringComparer.Ordinal))}|{rule.Action}|{rule.Error}|{string.Join(';', (rule.Arguments ?? []).Select(a => $"{a.Index} {a.Operator} {a.Value} {a.ValueTwo}"))}";
}
