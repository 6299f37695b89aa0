using System.Diagnostics;
using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Tests;

public sealed class ProcessIdentityTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Of_RunningProcess_IsAliveUntilItEnds()
    {
        using var process = Process.Start("sleep", "60");
        var identity = ProcessIdentity.Of(process.Id)!.Value;
        Assert.True(identity.IsAlive);

        process.Kill();
        process.WaitForExit();

        Assert.False(identity.IsAlive);
    }

    [Fact]
    public void IsAlive_PidOfAnotherProcess_IsFalse()
    {
        var own = ProcessIdentity.Of(Environment.ProcessId)!.Value;

        Assert.False((own with { StartTime = own.StartTime - 1 }).IsAlive);
    }

    [Fact]
    public void Load_Saved_IsTheSame()
    {
        var own = ProcessIdentity.Of(Environment.ProcessId)!.Value;
        own.Save(_path);

        Assert.Equal(own, ProcessIdentity.Load(_path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("x y")]
    public void Load_Garbage_IsNull(string text)
    {
        File.WriteAllText(_path, text);

        Assert.Null(ProcessIdentity.Load(_path));
    }
}
