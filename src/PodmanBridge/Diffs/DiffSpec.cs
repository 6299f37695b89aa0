using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Diffs;

/// <summary>
/// The container of a diff. It is confined as the agent's own and has its user, because that user can read every file of the workspace. It
/// has the workspace alone, read-only, and limits of its own. Pure.
/// </summary>
internal static class DiffSpec
{
    /// <summary>How many processes and threads a diff needs beside those of its user's agent, which count too (RLIMIT_NPROC).</summary>
    private const int MorePids = 32;

    private const long MemoryBytes = 512L * 1024 * 1024;
    private const long CpuMillis = 1000;

    /// <summary>The limit of processes and threads of the container's user.</summary>
    public static int PidsOf(AttemptSpec spec) => spec.Pids + MorePids;

    /// <summary>What the bridge asks libpod to create.</summary>
    /// <param name="spec">The attempt.</param>
    /// <param name="inputs">The same as for the agent's container, with the diff's own image, run directory and log.</param>
    /// <param name="image">The name of the image that contains git.</param>
    /// <param name="timeout">The time after which the engine ends the container by itself.</param>
    public static SpecGenerator Build(AttemptSpec spec, ContainerInputs inputs, string image, TimeSpan timeout)
    {
        var names = ContainerNames.Of(inputs.Installation, inputs.UID, inputs.Attempt, spec.Session?.UID);
        var whole = ContainerSpec.Build(
            spec with
            {
                Image = image,
                MountPath = DiffCommand.Workspace,
                Claude = null,
                Volumes = [],
                MemoryBytes = MemoryBytes,
                CpuMillis = CpuMillis,
                CpuShares = null,
                Pids = PidsOf(spec),
                TimeoutMs = (long)timeout.TotalMilliseconds,
            },
            inputs
        );
        return whole with
        {
            Name = names.Differ,
            Volumes =
            [
                .. whole
                    .Volumes.Where(volume => volume.Name == names.Workspace)
                    .Select(volume => volume with { Options = [.. volume.Options, "ro"] }),
            ],
        };
    }
}
