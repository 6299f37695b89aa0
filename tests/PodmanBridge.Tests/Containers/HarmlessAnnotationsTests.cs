using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class HarmlessAnnotationsTests
{
    [Theory]
    [InlineData("io.container.manager", "libpod", true)]
    [InlineData("org.opencontainers.image.source", "https://example.com", true)]
    [InlineData("io.podman.annotations.privileged", "FALSE", true)]
    [InlineData("io.podman.annotations.privileged", "TRUE", false)]
    [InlineData("run.oci.keep_original_groups", "1", false)]
    [InlineData("org.systemd.property.DeviceAllow", "x", false)]
    [InlineData("org.opencontainers.imagex", "x", false)]
    [InlineData("anything.else", "", false)]
    public void Others_EachAnnotation_AreThoseThatNobodyVouchesFor(string name, string value, bool harmless) =>
        Assert.Equal(harmless, !HarmlessAnnotations.Others(new Dictionary<string, string> { [name] = value }).Any());
}
