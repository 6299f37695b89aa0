using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Tests.Agents;

internal static class Specs
{
    public const string Session = "11111111-2222-4333-8444-555555555555";

    public static AttemptSpec Attempt { get; } =
        new()
        {
            Namespace = "default",
            Name = "run",
            Image = "docker.io/library/debian:13",
            ImagePullPolicy = ImagePullPolicy.IfNotPresent,
            MountPath = "/workspace",
            Workdir = "/workspace",
            MemoryBytes = 512 << 20,
            CpuMillis = 1000,
            Pids = 256,
            TimeoutMs = 60_000,
            StatusBytes = 16 * 1024,
            LogBytes = 64 << 20,
            SessionID = Session,
        };
}
