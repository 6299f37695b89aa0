using Stromboli.Gateway.Git;

namespace Stromboli.Gateway.Tests.Git;

public sealed class GitRoutesTests
{
    [Theory]
    [InlineData("GET", "/repository/info/refs?service=git-upload-pack", true)]
    [InlineData("POST", "/repository/git-upload-pack", true)]
    [InlineData("POST", "/repository/git-receive-pack", true)]
    [InlineData("GET", "/repository/git-upload-pack", false)]
    [InlineData("POST", "/repository/info/refs?service=git-upload-pack", false)]
    [InlineData("GET", "/repository/info/refs?service=git-receive-pack", true)]
    [InlineData("GET", "/repository/info/refs?service=git-upload-pack&service=git-receive-pack", false)]
    [InlineData("GET", "/repository/info/refs", false)]
    [InlineData("GET", "/repository/../other/info/refs?service=git-upload-pack", false)]
    [InlineData("GET", "/repository/info/../info/refs?service=git-upload-pack", false)]
    [InlineData("GET", "/%72epository/info/refs?service=git-upload-pack", false)]
    [InlineData("GET", "http://127.0.0.1:8318/repository/info/refs?service=git-upload-pack", false)]
    [InlineData("get", "/repository/info/refs?service=git-upload-pack", false)]
    [InlineData("GET", "/REPOSITORY/info/refs?service=git-upload-pack", false)]
    public void Match_AnythingButAFetchOrAPush_IsNothing(string method, string target, bool known) =>
        Assert.Equal(known, GitRoutes.Match(method, target) != GitRoute.None);

    [Fact]
    public void Repository_IsWhatTheRoutesBeginWith() =>
        Assert.Equal(GitRoutes.Repository, $"http://127.0.0.1:{GitRoutes.Port}/repository");
}
