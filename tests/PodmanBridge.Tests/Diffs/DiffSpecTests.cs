using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Diffs;
using Stromboli.PodmanBridge.Tests.Containers;

namespace Stromboli.PodmanBridge.Tests.Diffs;

public sealed class DiffSpecTests
{
    private const string UID = "9b2d7c1e-0000-4000-8000-000000000001";

    [Theory]
    [InlineData(null, $"stromboli-11112222-{UID}-2-workspace")]
    [InlineData("5e55", "stromboli-11112222-session-5e55-workspace")]
    public void Build_Container_HasTheWorkspaceAloneAndCannotWrite(string? session, string workspace)
    {
        var spec = SpecBuilder.Attempt() with
        {
            MountPath = "/elsewhere",
            Volumes =
            [
                new HostVolume
                {
                    HostPath = "/srv/data",
                    MountPath = "/data",
                    ReadOnly = true,
                },
            ],
            Session = session is null
                ? null
                : new AttemptSession
                {
                    UID = session,
                    Name = "talk",
                    StorageBytes = 1 << 30,
                },
        };

        var built = DiffSpec.Build(
            spec,
            SpecBuilder.Inputs(enforced: ["cpu", "memory", "pids"]) with
            {
                ClaudeDirectory = null,
            },
            "registry.test/git:1",
            TimeSpan.FromSeconds(45)
        );

        Assert.Equal($"stromboli-11112222-{UID}-2-diff", built.Name);
        var volume = Assert.Single(built.Volumes);
        Assert.Equal((workspace, DiffCommand.Workspace), (volume.Name, volume.Destination));
        Assert.Contains("ro", volume.Options);
        Assert.DoesNotContain(built.Mounts, mount => mount.Source == "/srv/data");
        Assert.Equal(
            ("none", $"{SpecBuilder.UserID}:{SpecBuilder.UserID}", true),
            (built.NetworkNamespace!.Mode, built.User, built.ReadOnlyRoot)
        );
        Assert.Equal(105u, built.Timeout);
        Assert.Equal((spec.Pids + 32L, 512L << 20), (built.Resources!.Pids!.Limit, built.Resources.Memory!.Limit));
    }

    [Fact]
    public void Go_Environment_HasNoConfigurationButOurs()
    {
        var go = DiffCommand.Build("c0ffee", 96, TimeSpan.FromMinutes(1));

        Assert.Equal(["c0ffee", "8388609"], go.Argv.Skip(4));
        Assert.Contains("GIT_CONFIG_NOSYSTEM=1", go.Environment);
        Assert.Contains("GIT_CONFIG_GLOBAL=/dev/null", go.Environment);
        Assert.Equal(
            int.Parse(
                go.Environment.Single(entry => entry.StartsWith("GIT_CONFIG_COUNT=", StringComparison.Ordinal))[17..],
                System.Globalization.CultureInfo.InvariantCulture
            ),
            go.Environment.Count(entry => entry.StartsWith("GIT_CONFIG_KEY_", StringComparison.Ordinal))
        );
    }
}
