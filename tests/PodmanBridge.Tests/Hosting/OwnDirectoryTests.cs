using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Hosting;
using Stromboli.Testbed.Processes;

namespace Stromboli.PodmanBridge.Tests.Hosting;

public sealed class OwnDirectoryTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder = Directory.CreateTempSubdirectory("own").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Make_Missing_IsTheOwnersAlone()
    {
        var path = Path.Combine(_folder, "a", "b");

        OwnDirectory.Make(path, "--run-dir");

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData(0b111_001_001)]
    [InlineData(0b111_111_111)]
    public void Make_OpenToOthers_IsClosed(int mode)
    {
        File.SetUnixFileMode(_folder, (UnixFileMode)mode);

        OwnDirectory.Make(_folder, "--run-dir");

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_folder));
    }

    [Fact]
    public async Task Make_OfAnotherUser_IsRefusedAsItIs()
    {
        var path = FileIdentity.OwnerOf(_folder) == 0 ? Path.Combine(_folder, "foreign") : "/usr";
        if (path != "/usr")
        {
            Directory.CreateDirectory(path);
            (await Command.RunAsync("chown", ["12345", path])).OrThrow("chown");
        }

        var refusal = Assert.Throws<BridgeUnusableException>(() => OwnDirectory.Make(path, "--state-dir"));

        Assert.StartsWith($"--state-dir: {path} belongs to another user", refusal.Message);
        Assert.NotEqual(OwnerOnly, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Make_FileInTheWay_IsRefused()
    {
        var path = Path.Combine(_folder, "file");
        File.WriteAllText(path, "");

        Assert.StartsWith(
            $"--run-dir: {path} cannot be made",
            Assert.Throws<BridgeUnusableException>(() => OwnDirectory.Make(path, "--run-dir")).Message
        );
    }
}
