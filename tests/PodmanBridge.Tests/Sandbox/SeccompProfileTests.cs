using System.Text.Json;
using Stromboli.PodmanBridge.Sandbox;

namespace Stromboli.PodmanBridge.Tests.Sandbox;

public sealed class SeccompProfileTests
{
    [Fact]
    public void Build_NoCall_IsAllowedAndRefused() =>
        Assert.Empty(SeccompSyscalls.Allowed.Intersect(SeccompSyscalls.Refused));

    [Fact]
    public void Build_NoCall_StandsTwice()
    {
        Assert.Equal(SeccompSyscalls.Allowed.Count, SeccompSyscalls.Allowed.Distinct().Count());
        Assert.Equal(SeccompSyscalls.Refused.Count, SeccompSyscalls.Refused.Distinct().Count());
    }

    [Theory]
    [InlineData("unshare"), InlineData("setns"), InlineData("mount"), InlineData("keyctl"), InlineData("ptrace"), InlineData("pidfd_getfd")]
    [InlineData("process_vm_readv"), InlineData("bpf"), InlineData("userfaultfd"), InlineData("perf_event_open"), InlineData("open_by_handle_at")]
    [InlineData("io_uring_setup"), InlineData("clone3"), InlineData("clone"), InlineData("socket"), InlineData("personality")]
    public void Build_DangerousCall_IsNotAllowedUnconditionally(string name) =>
        Assert.DoesNotContain(SeccompProfile.Build().Rules, r => r.Action == "SCMP_ACT_ALLOW" && r.Arguments is null && r.Names.Contains(name));

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
