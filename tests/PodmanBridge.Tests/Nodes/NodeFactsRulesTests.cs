using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Nodes;

namespace Stromboli.PodmanBridge.Tests.Nodes;

public sealed class NodeFactsRulesTests
{
    private static readonly NodeFactsOptions Options = new()
    {
        BridgeVersion = "0.1.0",
        PodmanSocket = "/run/podman.sock",
        MaxRuns = 8,
        AllowsUnenforcedLimits = true,
    };

    private static readonly IdMapping[] Mappings =
    [
        new()
        {
            ContainerID = 0,
            HostID = 1000,
            Size = 1,
        },
        new()
        {
            ContainerID = 1,
            HostID = 100_000,
            Size = 65_536,
        },
    ];

    private static readonly HostInfo Host = new()
    {
        Architecture = "amd64",
        Kernel = "6.1.0",
        CgroupVersion = "v2",
        CgroupControllers = ["cpuset", "cpu", "io", "memory", "pids"],
        Processors = 4,
        MemoryBytes = 1 << 30,
        Distribution = new DistributionInfo { Name = "debian", Version = "13" },
        Security = new SecurityInfo { Rootless = true, Seccomp = true },
        IDMappings = new IdMappings { Users = Mappings, Groups = Mappings },
    };

    [Fact]
    public void Facts_DelegatedControllers_AreTheEnforcedLimits()
    {
        var facts = NodeFactsRules.Facts(Info(Host), Options, "2.1.0");
        Assert.Null(facts.Problem);
        Assert.Equal(["cpu", "memory", "pids"], facts.EnforcedLimits);
        Assert.Equal(
            ("5.4.2", "2.1.0", "debian 13", "amd64", 4000L),
            (facts.PodmanVersion, facts.CliVersion, facts.OperatingSystem, facts.Architecture, facts.CpuMillis)
        );
        Assert.True(facts.Rootless);
        Assert.True(facts.AllowsUnenforcedLimits);
    }

    [Fact]
    public void Facts_AmountsAreSaid_CountRatherThanTheMachines()
    {
        var facts = NodeFactsRules.Facts(
            Info(Host),
            Options with
            {
                CpuMillis = 3500,
                MemoryBytes = 1 << 20,
                Pids = 2000,
                RunPids = 500,
            },
            null
        );
        Assert.Equal((3500L, 1L << 20, 2000, 500), (facts.CpuMillis, facts.MemoryBytes, facts.Pids, facts.RunPids));
    }

    [Fact]
    public void Facts_SomeControllers_EnforceOnlyThose() =>
        Assert.Equal(
            ["memory", "pids"],
            NodeFactsRules.Facts(Info(Host with { CgroupControllers = ["memory", "pids"] }), Options, null).EnforcedLimits
        );

    [Fact]
    public void Facts_CgroupV1_EnforcesNothing() =>
        Assert.Empty(NodeFactsRules.Facts(Info(Host with { CgroupVersion = "v1" }), Options, null).EnforcedLimits);

    [Fact]
    public void Facts_Rootful_IsAProblem() =>
        Assert.Contains(
            "rootless",
            NodeFactsRules.Facts(Info(Host with { Security = new SecurityInfo { Seccomp = true } }), Options, null).Problem,
            StringComparison.Ordinal
        );

    [Fact]
    public void Facts_NoSeccomp_IsAProblem() =>
        Assert.Contains(
            "seccomp",
            NodeFactsRules.Facts(Info(Host with { Security = new SecurityInfo { Rootless = true } }), Options, null).Problem,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("4.2.9", true)]
    [InlineData("3.4.4", true)]
    [InlineData("4.3.1", false)]
    [InlineData("5.5.0-rc1", false)]
    [InlineData("", true)]
    public void Facts_OldPodman_IsAProblem(string version, bool problem) =>
        Assert.Equal(problem, NodeFactsRules.Facts(Info(Host, version), Options, null).Problem is not null);

    [Fact]
    public void Facts_NoSubordinateIds_IsAProblem()
    {
        var few = new IdMappings { Users = Mappings[..1], Groups = Mappings };
        Assert.Contains(
            "/etc/subuid",
            NodeFactsRules.Facts(Info(Host with { IDMappings = few }), Options, null).Problem,
            StringComparison.Ordinal
        );
        var gap = new IdMappings { Users = Mappings, Groups = [Mappings[0], Mappings[1] with { ContainerID = 2 }] };
        Assert.Contains(
            "/etc/subuid",
            NodeFactsRules.Facts(Info(Host with { IDMappings = gap }), Options, null).Problem,
            StringComparison.Ordinal
        );
    }

    private static SystemInfo Info(HostInfo host, string version = "5.4.2") =>
        new()
        {
            Host = host,
            Version = new VersionInfo { Version = version },
        };
}
