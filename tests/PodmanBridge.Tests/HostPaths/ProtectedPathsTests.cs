using Stromboli.PodmanBridge.HostPaths;

namespace Stromboli.PodmanBridge.Tests.HostPaths;

public sealed class ProtectedPathsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("protected-").FullName;
    private readonly ProtectedPaths _paths;

    public ProtectedPathsTests()
    {
        foreach (var name in new[] { "home/.ssh", "home/code", "var/state/attempts", "srv/data" })
        {
            Directory.CreateDirectory(Path.Combine(_root, name));
        }

        _paths = new ProtectedPaths([Path.Combine(_root, "var/state"), Path.Combine(_root, "none/token")], Path.Combine(_root, "home"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("home")]
    [InlineData("home/.ssh")]
    [InlineData("home/.config/x")]
    [InlineData("var/state")]
    [InlineData("var/state/attempts/x")]
    [InlineData("var")]
    [InlineData("none/token")]
    [InlineData("none")]
    public void Problem_BelowOrAboveWhatIsTheBridges_IsTold(string path) => Assert.NotNull(_paths.Problem(Path.Combine(_root, path)));

    [Theory]
    [InlineData("/")]
    [InlineData("/proc/self")]
    [InlineData("/run/user/1000/podman/podman.sock")]
    [InlineData("/dev")]
    public void Problem_OfTheKernel_IsTold(string path) => Assert.NotNull(_paths.Problem(path));

    [Theory]
    [InlineData("home/code")]
    [InlineData("srv/data")]
    [InlineData("srv")]
    [InlineData("var/state2")]
    [InlineData("home2")]
    public void Problem_OtherPaths_IsNull(string path) => Assert.Null(_paths.Problem(Path.Combine(_root, path)));

    // Another path to the same directory, as a bind mount creates.
    [Theory]
    [InlineData("var/state")]
    [InlineData("var")]
    [InlineData("home")]
    [InlineData("home/.ssh")]
    public void Problem_SameDirectoryByAnotherPath_IsTold(string path)
    {
        Directory.CreateSymbolicLink(Path.Combine(_root, "srv/twin"), Path.Combine(_root, path));
        Assert.Contains("another way", _paths.Problem(Path.Combine(_root, "srv/twin")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", true)]
    [InlineData("/run/user", true)]
    [InlineData("/home", false)]
    public void PrefixProblem_WhereNothingCanBeAllowed_IsTold(string prefix, bool told) =>
        Assert.Equal(told, _paths.PrefixProblem(prefix) is not null);
}
