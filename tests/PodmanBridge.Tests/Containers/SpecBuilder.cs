using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

/// <summary>An attempt and a node's inputs with simple defaults, so that a test names only what matters to it.</summary>
internal static class SpecBuilder
{
    public const int UserID = 20_001;

    public static AttemptSpec Attempt(string image = "registry.test/busybox:1") =>
        new()
        {
            Namespace = "team",
            Name = "hello",
            Image = image,
            ImagePullPolicy = ImagePullPolicy.IfNotPresent,
            Command = ["sh", "-c", "echo secret-argument"],
            MountPath = "/workspace",
            Workdir = "/workspace",
            MemoryBytes = 512L * 1024 * 1024,
            CpuMillis = 1500,
            Pids = 256,
            TimeoutMs = 1_800_000,
            StatusBytes = 16 * 1024,
            LogBytes = 64L * 1024 * 1024,
            SessionID = "6f1f3f0e-5b0e-4a55-9d40-000000000000",
        };

    public static ContainerInputs Inputs(string imageID = "0a1b", params string[] enforced) =>
        new()
        {
            Installation = "11112222-3333-4444-5555-666677778888",
            Node = "node-1",
            UID = "9b2d7c1e-0000-4000-8000-000000000001",
            Attempt = 2,
            User = new AgentUser(UserID, UserID, IsEngineUser: false),
            ImageID = imageID,
            RunDirectory = "/state/runs/1",
            ShimPath = "/state/shim",
            ClaudeDirectory = "/state/claude",
            LogPath = "/state/logs/1.log",
            Files = new ContainerFiles
            {
                SeccompProfile = "/state/seccomp.json",
                Hosts = "/state/hosts",
                ResolvConf = "/state/resolv.conf",
            },
            EnforcedLimits = enforced,
        };
}
