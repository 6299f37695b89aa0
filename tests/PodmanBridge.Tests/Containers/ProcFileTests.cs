using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class ProcFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    // A process may choose this name, and the kernel reports it unchanged.
    [Fact]
    public void Lines_NameWithACarriageReturn_IsOneLine()
    {
        File.WriteAllText(_path, "Name:\t\rUid:\t1\t1000\nUid:\t1\t2\t3\t4\n");

        Assert.Equal(["Name:\t\rUid:\t1\t1000", "Uid:\t1\t2\t3\t4"], ProcFile.Lines(_path));
    }
}
