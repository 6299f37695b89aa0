using Stromboli.Egress;
using Stromboli.Gateway.Git;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Tests.Git;

public sealed class GitRemoteTests
{
    [Theory]
    [InlineData("http://git.example.com/a")]
    [InlineData("ssh://git.example.com/a")]
    [InlineData("file:///etc")]
    [InlineData("ext::sh -c id")]
    [InlineData("git.example.com/a")]
    [InlineData("https://me:secret@git.example.com/a")]
    [InlineData("https://git.example.com/a?b")]
    [InlineData("https://git.example.com/a#b")]
    public void Of_NoAddressOfARepository_IsRefused(string url) =>
        Assert.Throws<FormatException>(() => GitRemote.Of(new GitSource { Url = url, Depth = 1 }, null, []));

    [Theory]
    [InlineData("https://git.example.com/team/project.git", "https://git.example.com/team/project.git/git-upload-pack")]
    [InlineData("https://GIT.example.com:443/a%20b", "https://git.example.com/a%20b/git-upload-pack")]
    [InlineData("https://git.example.com:8443/a/", "https://git.example.com:8443/a/git-upload-pack")]
    public void Target_IsBelowTheRepository(string url, string target) =>
        Assert.Equal(target, GitRemote.Of(new GitSource { Url = url, Depth = 1 }, null, []).Target(GitRoute.UploadPack).AbsoluteUri);

    [Theory]
    [InlineData("https://git.example.com/a", true)]
    [InlineData("https://git.example.com:443/a", true)]
    [InlineData("https://GIT.EXAMPLE.COM./a", true)]
    [InlineData("https://git.example.com:444/a", false)]
    [InlineData("https://git.example.com.evil.example/a", false)]
    public void Scope_OfAnOriginThatTheNodeNames_IsTheOperators(string url, bool named) =>
        Assert.Equal(
            named ? AddressScope.OperatorConfigured : AddressScope.Public,
            GitRemote.Of(new GitSource { Url = url, Depth = 1 }, null, [GitRemote.OriginOf(new Uri("https://git.example.com"))!]).Scope
        );
}
