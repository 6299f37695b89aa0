using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Tests.Images;

public sealed class ImageReferenceTests
{
    [Theory]
    [InlineData("registry.example.com/team/agent:1.0", "registry.example.com", false)]
    [InlineData("registry.example.com/agent", "registry.example.com", false)]
    [InlineData("registry:5000/a/b/c:latest", "registry:5000", false)]
    [InlineData("localhost/agent:1", "localhost", true)]
    [InlineData("localhost:5000/agent", "localhost:5000", true)]
    [InlineData("ghcr.io/a/b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "ghcr.io", false)]
    public void Parse_FullyQualifiedName_KnowsItsRegistry(string text, string registry, bool local)
    {
        var reference = ImageReference.Parse(text);
        Assert.Equal(registry, reference?.Registry);
        Assert.Equal(local, reference?.IsLocal);
    }

    [Theory]
    [InlineData("registry.example.com/team/agent", "registry.example.com/team/agent:latest")]
    [InlineData("registry:5000/agent:1", "registry:5000/agent:1")]
    [InlineData("registry:5000/agent", "registry:5000/agent:latest")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox:latest")]
    [InlineData("docker.io/team/agent:1", "docker.io/team/agent:1")]
    [InlineData(
        "ghcr.io/a/b:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "ghcr.io/a/b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    )]
    public void Key_Name_IsTheOneThatTheEngineLists(string text, string key) => Assert.Equal(key, ImageReference.Parse(text)?.Key);

    [Theory]
    [InlineData("")]
    [InlineData("busybox")]
    [InlineData("busybox:1")]
    [InlineData("library/busybox")]
    [InlineData("docker-archive:/etc/passwd")]
    [InlineData("docker://registry.example.com/a:1")]
    [InlineData("dir:/tmp/x")]
    [InlineData("oci:/tmp/x:1")]
    [InlineData("containers-storage:registry.example.com/a")]
    [InlineData("c98b28895dbe")]
    [InlineData("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("/var/lib/image.tar")]
    [InlineData("./image")]
    [InlineData("registry.example.com/../a")]
    [InlineData("registry.example.com/A")]
    [InlineData("registry.example.com/a:1\n")]
    [InlineData("registry.example.com/a b")]
    [InlineData("registry.example.com/")]
    [InlineData("user@registry.example.com/a")]
    public void Parse_AnythingElse_IsNull(string text) => Assert.Null(ImageReference.Parse(text));
}
