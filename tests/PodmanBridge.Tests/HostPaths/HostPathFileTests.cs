using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;

namespace Stromboli.PodmanBridge.Tests.HostPaths;

public sealed class HostPathFileTests : IDisposable
{
    private readonly string _root = RealPath.Of(Directory.CreateTempSubdirectory("hostpath-").FullName)!;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Open_DirectoryAndFile_TellsWhatTheyAre()
    {
        Directory.CreateDirectory(Path.Combine(_root, "a/b"));
        File.WriteAllText(Path.Combine(_root, "a/b/c"), "x");
        using var directory = HostPathFile.Open(_root, _root, out _);
        using var file = HostPathFile.Open(_root, Path.Combine(_root, "a/b/c"), out _);

        Assert.True(FileStatus.Of(directory!).IsDirectory);
        Assert.Equal(FileIdentity.Of(_root), FileStatus.Of(directory!).Identity);
        Assert.True(FileStatus.Of(file!) is { IsRegular: true, Links: 1 });
    }

    [Theory]
    [InlineData("out", HostPathFile.LinkMet)]
    [InlineData("out/passwd", HostPathFile.LinkMet)]
    [InlineData("in/file", HostPathFile.LinkMet)]
    [InlineData("../x", HostPathFile.OtherDevice)]
    [InlineData("none", HostPathFile.NoSuchEntry)]
    [InlineData("file/x", HostPathFile.NotADirectory)]
    public void Open_LinkOrNothing_TellsWhy(string path, int expected)
    {
        Directory.CreateSymbolicLink(Path.Combine(_root, "out"), "/etc");
        Directory.CreateSymbolicLink(Path.Combine(_root, "in"), ".");
        File.WriteAllText(Path.Combine(_root, "file"), "");

        Assert.Null(HostPathFile.Open(_root, _root + "/" + path, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Open_PrefixThatHasBecomeALink_IsRefused()
    {
        Directory.CreateSymbolicLink(Path.Combine(_root, "prefix"), "/etc");
        Assert.Null(HostPathFile.Open(Path.Combine(_root, "prefix"), Path.Combine(_root, "prefix/passwd"), out var error));
        Assert.Equal(HostPathFile.LinkMet, error);
    }
}
