using System.Runtime.InteropServices;
using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>What follows from the engine's own account of itself.</summary>
internal static class NodeFactsRules
{
    /// <summary>The oldest Podman whose API does what is needed.</summary>
    private static readonly Version Oldest = new(4, 3);

    /// <summary>The ids of containers that must be mapped, from 0: what distributions give a user in /etc/subuid.</summary>
    private const int IdsNeeded = 60_000;

    /// <summary>The facts of a node whose engine answers.</summary>
    public static NodeFacts Facts(SystemInfo info, NodeFactsOptions options, string? cliVersion)
    {
        var host = info.Host;
        return Basic(options, cliVersion) with
        {
            PodmanVersion = info.Version?.Version,
            OperatingSystem = host?.Distribution is { Name: { } name } d ? $"{name} {d.Version}".TrimEnd() : null,
            Architecture = host?.Architecture ?? RuntimeInformation.OSArchitecture.ToString(),
            Kernel = host?.Kernel,
            Rootless = host?.Security?.Rootless ?? false,
            CgroupVersion = host?.CgroupVersion,
            EnforcedLimits = EnforcedLimits(host),
            CpuMillis = options.CpuMillis ?? ((host?.Processors ?? 0) * 1000L),
            MemoryBytes = options.MemoryBytes ?? host?.MemoryBytes ?? 0,
            Problem = Problem(info),
        };
    }

    /// <summary>The facts of a node whose engine does not answer.</summary>
    public static NodeFacts Unreachable(NodeFactsOptions options, string? cliVersion, PodmanException error) =>
        Basic(options, cliVersion) with
        {
            Problem =
                $"Podman does not answer on {options.PodmanSocket}: {error.PodmanMessage}."
                + (
                    error.IsUnreachable
                        ? " Start it with `systemctl --user enable --now podman.socket` as the bridge's user, or name another socket with --podman-socket."
                        : ""
                ),
        };

    /// <summary>
    /// The limits that are enforced: a rootless engine can set those whose cgroup v2 controllers are delegated to its user.
    /// </summary>
    private static string[] EnforcedLimits(HostInfo? host) =>
        host is { CgroupVersion: "v2" } ? [.. ContainerSpec.Limits.Intersect(host.CgroupControllers ?? [])] : [];

    private static string? Problem(SystemInfo info)
    {
        if (info.Host is not { Security: { } security } host)
        {
            return "Podman reports nothing about its host.";
        }

        if (!security.Rootless)
        {
            return "Podman runs as root; the bridge needs the socket of a rootless Podman.";
        }

        if (!Version.TryParse(info.Version?.Version?.Split('-')[0], out var version) || version < Oldest)
        {
            return $"Podman {info.Version?.Version} is too old; {Oldest} or later is needed.";
        }

        if (!security.Seccomp)
        {
            return "Podman cannot apply seccomp profiles here.";
        }

        if (Math.Min(Mapped(host.IDMappings?.Users), Mapped(host.IDMappings?.Groups)) < IdsNeeded)
        {
            return $"The subordinate ids of Podman's user are too few: give it at least {IdsNeeded} in /etc/subuid and /etc/subgid, then run podman system migrate.";
        }

        return null;
    }

    /// <summary>How many ids are mapped from 0 on without a gap.</summary>
    private static long Mapped(IdMapping[]? ranges)
    {
        long end = 0;
        foreach (var range in (ranges ?? []).OrderBy(r => r.ContainerID))
        {
            if (range.ContainerID > end)
            {
                break;
            }

            end = Math.Max(end, range.ContainerID + range.Size);
        }
        return end;
    }

    private static NodeFacts Basic(NodeFactsOptions options, string? cliVersion) =>
        new()
        {
            BridgeVersion = options.BridgeVersion,
            CliVersion = cliVersion,
            AllowsUnenforcedLimits = options.AllowsUnenforcedLimits,
            MaxRuns = options.MaxRuns,
            Pids = options.Pids,
            RunPids = options.RunPids,
            AllowedVolumes = [.. options.AllowedVolumes.Select(v => new NodeVolume { PathPrefix = v.PathPrefix, ReadOnly = v.ReadOnly })],
            AllowedPodmanSecrets = options.AllowedPodmanSecrets,
            ClonesGit = options.ClonesGit,
            Labels = options.Labels,
        };
}
