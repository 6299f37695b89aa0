using Stromboli.Crds.Nodes;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;

namespace Stromboli.PodmanBridge.Tests.HostPaths;

public sealed class HostPathRulesTests
{
    [Theory]
    [InlineData("/data", "/data", true)]
    [InlineData("/data:ro", "/data", true)]
    [InlineData("/data/:rw", "/data", false)]
    [InlineData("//srv/./x:rw", "/srv/x", false)]
    public void Parse_Permission_IsNormalised(string text, string prefix, bool readOnly) =>
        Assert.Equal(new AllowedVolume(prefix, readOnly), AllowedVolume.Parse(text));

    [Theory]
    [InlineData("data")]
    [InlineData("")]
    [InlineData("/data:rwx")]
    [InlineData("/data:rw:rw/x")]
    [InlineData("/data/../etc")]
    public void Parse_NoPermission_IsNull(string text) => Assert.Null(AllowedVolume.Parse(text));

    [Theory]
    [InlineData("/data", false, true)]
    [InlineData("/data/x/y", false, true)]
    [InlineData("/database", false, false)]
    [InlineData("/dat", false, false)]
    [InlineData("/", false, false)]
    [InlineData("/data", true, false)]
    [InlineData("/work/x", true, true)]
    [InlineData("/work/x", false, true)]
    [InlineData("/data/work/x", true, true)]
    public void Permission_Path_IsComparedPartByPart(string path, bool writable, bool allowed)
    {
        AllowedVolume[] permissions = [new("/data", ReadOnly: true), new("/work", ReadOnly: false), new("/data/work", ReadOnly: false)];
        Assert.Equal(allowed, HostPathRules.Permission(Request(path, writable), permissions) is not null);
        // The operator, which is told of these paths, gives the same answer.
        Assert.Equal(
            allowed,
            permissions.Any(p => new NodeVolume { PathPrefix = p.PathPrefix, ReadOnly = p.ReadOnly }.Allows(path, writable))
        );
    }

    [Fact]
    public void Denial_WritableWhereReadingIsAllowed_SaysBothWaysOut()
    {
        var sentence = HostPathRules.Denial(Request("/data/x", writable: true), [new("/data", ReadOnly: true)], "node-1");
        Assert.Contains("readOnly: true", sentence, StringComparison.Ordinal);
        Assert.Contains("--allow-volume /data/x:rw", sentence, StringComparison.Ordinal);
    }

    private static HostPathRequest Request(string path, bool writable) =>
        new("spec.volumes[0].hostPath", path, "/mnt", writable, NoExec: false, IsWorkspace: false);
}
