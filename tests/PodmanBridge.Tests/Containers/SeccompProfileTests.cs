using System.Text.Json;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class SeccompProfileTests
{
    [Fact]
    public void Build_NoCall_IsAllowedAndRefused() => Assert.Empty(SeccompSyscalls.Allowed.Intersect(SeccompSyscalls.Refused));

    [Fact]
    public void Build_NoCall_StandsTwice()
    {
        Assert.Equal(SeccompSyscalls.Allowed.Count, SeccompSyscalls.Allowed.Distinct().Count());
        Assert.Equal(SeccompSyscalls.Refused.Count, SeccompSyscalls.Refused.Distinct().Count());
    }

    [Theory]
    [InlineData("unshare"), InlineData("setns"), InlineData("mount"), InlineData("keyctl"), InlineData("ptrace"), InlineData("pidfd_getfd")]
    [
        InlineData("process_vm_readv"),
        InlineData("bpf"),
        InlineData("userfaultfd"),
        InlineData("perf_event_open"),
        InlineData("open_by_handle_at")
    ]
    [
        InlineData("io_uring_setup"),
        InlineData("clone3"),
        InlineData("clone"),
        InlineData("socket"),
        InlineData("socketpair"),
        InlineData("personality")
    ]
    public void Build_DangerousCall_IsNotAllowedUnconditionally(string name) =>
        Assert.DoesNotContain(
            SeccompProfile.Build().Rules,
            r => r.Action == "SCMP_ACT_ALLOW" && r.Arguments is null && r.Names.Contains(name)
        );

    /// <summary>
    /// Each call draws on a number that exists only once for the machine or the engine's user, and no limit of the run bounds it.
    /// </summary>
    [Theory]
    [
        InlineData("io_setup"),
        InlineData("io_submit"),
        InlineData("io_getevents"),
        InlineData("io_pgetevents"),
        InlineData("io_cancel"),
        InlineData("io_destroy")
    ]
    [InlineData("io_uring_setup"), InlineData("io_uring_enter"), InlineData("io_uring_register")]
    [
        InlineData("mq_open"),
        InlineData("mq_unlink"),
        InlineData("mq_timedsend"),
        InlineData("mq_timedreceive"),
        InlineData("mq_notify"),
        InlineData("mq_getsetattr")
    ]
    [
        InlineData("add_key"),
        InlineData("request_key"),
        InlineData("keyctl"),
        InlineData("fanotify_init"),
        InlineData("userfaultfd"),
        InlineData("quotactl"),
        InlineData("memfd_secret")
    ]
    public void Build_CallThatUsesUpWhatAllShare_IsNotAllowedAtAll(string name) =>
        Assert.DoesNotContain(SeccompProfile.Build().Rules, r => r.Action == "SCMP_ACT_ALLOW" && r.Names.Contains(name));

    [Fact]
    public void Build_Socketpair_IsOfUnixSocketsAlone()
    {
        var argument = Assert.Single(Assert.Single(SeccompProfile.Build().Rules, r => r.Names.Contains("socketpair")).Arguments!);
        Assert.Equal((0u, 1ul, "SCMP_CMP_EQ"), (argument.Index, argument.Value, argument.Operator));
    }

    [Theory]
    [InlineData("mmap", 3, 0x40000)]
    [InlineData("memfd_create", 1, 0x4)]
    [InlineData("shmget", 2, 0x800)]
    public void Build_MemoryOfTheMachinesHugePages_IsNotAllowed(string name, uint index, ulong flag)
    {
        var argument = Assert.Single(Assert.Single(SeccompProfile.Build().Rules, r => r.Names.Contains(name)).Arguments!);
        Assert.Equal((index, flag, 0ul, "SCMP_CMP_MASKED_EQ"), (argument.Index, argument.Value, argument.ValueTwo, argument.Operator));
    }

    [Fact]
    public void ToJson_Profile_HasTheShapeOfContainersCommon()
    {
        using var json = JsonDocument.Parse(SeccompProfile.ToJson());
        Assert.Equal("SCMP_ACT_ERRNO", json.RootElement.GetProperty("defaultAction").GetString());
        Assert.Equal(38, json.RootElement.GetProperty("defaultErrnoRet").GetInt32());
        var clone = json.RootElement.GetProperty("syscalls").EnumerateArray().Single(r => r.GetProperty("names")[0].GetString() == "clone");
        Assert.Equal(0x7E020000, clone.GetProperty("args")[0].GetProperty("value").GetInt64());
    }
}
