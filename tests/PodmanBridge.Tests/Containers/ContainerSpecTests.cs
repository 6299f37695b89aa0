using System.Text.Json;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class ContainerSpecTests
{
    [Fact]
    public void Build_AnyAttempt_SetsEveryFieldThatAnImageCouldSupply()
    {
        var spec = ContainerSpec.Build(SpecBuilder.Attempt(), SpecBuilder.Inputs());
        Assert.Equal(["/opt/stromboli/shim"], spec.Entrypoint);
        Assert.Empty(spec.Command);
        Assert.Empty(spec.Env);
        Assert.True(spec.UnsetEnvAll);
        Assert.False(spec.HttpProxy);
        Assert.Equal("20001:20001", spec.User);
        Assert.Equal("/", spec.WorkDir);
        Assert.Equal(15, spec.StopSignal);
        Assert.Equal(["NONE"], spec.HealthCheck.Test);
        Assert.Equal("ignore", spec.ImageVolumes);
        Assert.Equal("false", spec.Systemd);
        Assert.Equal("ignore", spec.SdNotify);
        Assert.Empty(spec.Annotations);
    }

    [Fact]
    public void Build_AnyAttempt_HoldsNothingOfTheAgent()
    {
        var json = JsonSerializer.Serialize(ContainerSpec.Build(SpecBuilder.Attempt(), SpecBuilder.Inputs()));
        Assert.DoesNotContain("secret-argument", json, StringComparison.Ordinal);
        Assert.DoesNotContain("6f1f3f0e", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_AnyAttempt_IsNamedByInstallationUidAndAttempt()
    {
        var spec = ContainerSpec.Build(SpecBuilder.Attempt(), SpecBuilder.Inputs());
        Assert.Equal("stromboli-11112222-9b2d7c1e-0000-4000-8000-000000000001-2", spec.Name);
        Assert.Equal([spec.Name + "-workspace", spec.Name + "-home"], spec.Volumes.Select(v => v.Name));
        Assert.Equal("11112222-3333-4444-5555-666677778888", spec.Labels[ContainerLabels.Installation]);
        Assert.Equal("2", spec.Labels[ContainerLabels.Attempt]);
        Assert.Equal("hello", spec.Labels[ContainerLabels.Name]);
    }

    [Fact]
    public void Build_EnforcedLimits_AreSet()
    {
        var spec = ContainerSpec.Build(SpecBuilder.Attempt(), SpecBuilder.Inputs("0a1b", "cpu", "memory", "pids"));
        Assert.Equal("enforced", spec.Labels[ContainerLabels.Limits]);
        Assert.Equal(512L * 1024 * 1024, spec.Resources!.Memory!.Limit);
        Assert.Equal(spec.Resources.Memory.Limit, spec.Resources.Memory.Swap);
        Assert.Equal((150_000, 1024UL), (spec.Resources.Cpu!.Quota, spec.Resources.Cpu.Shares));
        Assert.Equal(256, spec.Resources.Pids!.Limit);
    }

    [Fact]
    public void Build_CpuShares_AreSetWhereTheNodeCanEnforceCpu()
    {
        var spec = SpecBuilder.Attempt() with { CpuShares = 512 };
        Assert.Equal(512UL, ContainerSpec.Build(spec, SpecBuilder.Inputs("0a1b", "cpu")).Resources!.Cpu!.Shares);
        Assert.Null(ContainerSpec.Build(spec, SpecBuilder.Inputs("0a1b", "memory")).Resources!.Cpu);
    }

    [Fact]
    public void Build_LimitsThatTheNodeCannotEnforce_AreOmittedAndLabelled()
    {
        var none = ContainerSpec.Build(SpecBuilder.Attempt(), SpecBuilder.Inputs());
        Assert.Null(none.Resources);
        Assert.Equal("unenforced", none.Labels[ContainerLabels.Limits]);

        var some = ContainerSpec.Build(SpecBuilder.Attempt(), SpecBuilder.Inputs("0a1b", "memory", "pids"));
        Assert.Null(some.Resources!.Cpu);
        Assert.NotNull(some.Resources.Memory);
        Assert.Equal("unenforced", some.Labels[ContainerLabels.Limits]);
    }

    [Fact]
    public void Build_AnyAttempt_BoundsWhatAllUsersOfTheEngineShare()
    {
        var limits = ContainerSpec
            .Build(SpecBuilder.Attempt(), SpecBuilder.Inputs())
            .Rlimits.ToDictionary(limit => limit.Type, limit => (limit.Soft, limit.Hard));
        Assert.DoesNotContain("nproc", limits.Keys);
        Assert.Equal((1024ul, 1024ul), limits["sigpending"]);
        Assert.All(["core", "rtprio", "nice"], type => Assert.Equal((0ul, 0ul), limits[type]));
    }

    [Fact]
    public void Build_AnyAttempt_IsNoneOfAutoUpdates() =>
        Assert.Equal("disabled", ContainerSpec.Build(SpecBuilder.Attempt(), SpecBuilder.Inputs()).Labels["io.containers.autoupdate"]);

    [Fact]
    public void Build_AnyAttempt_GivesTheEngineATimeoutBeyondTheDeadline() =>
        Assert.Equal(1860u, ContainerSpec.Build(SpecBuilder.Attempt(), SpecBuilder.Inputs()).Timeout);

    [Fact]
    public void Build_Mounts_AreNosuidNodevAndReadOnlyWhereTheyAreTheNodes()
    {
        var spec = ContainerSpec.Build(SpecBuilder.Attempt(), SpecBuilder.Inputs());
        Assert.All(spec.Mounts, m => Assert.Empty(new[] { "nosuid", "nodev" }.Except(m.Options)));
        Assert.All(spec.Volumes, v => Assert.Empty(new[] { "nosuid", "nodev", "nocopy" }.Except(v.Options)));
        Assert.All(spec.Mounts.Where(m => m.Type == "bind"), m => Assert.Contains("ro", m.Options));
        Assert.Contains("noexec", spec.Mounts.Single(m => m.Destination == "/run/stromboli").Options);
        Assert.All(
            spec.Mounts.Where(m => m.Type == "tmpfs"),
            m => Assert.Contains(m.Options, o => o.Contains(",nr_inodes=", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Build_NoCli_MountsNone() =>
        Assert.DoesNotContain(
            ContainerSpec.Build(SpecBuilder.Attempt(), SpecBuilder.Inputs() with { ClaudeDirectory = null }).Mounts,
            m => m.Destination == MountPoints.Cli
        );
}
