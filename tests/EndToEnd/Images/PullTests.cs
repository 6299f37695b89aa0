using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Images;

/// <summary>Images of an open registry: when it is asked, and what a run reports when the pull fails.</summary>
public sealed class PullTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Policy_TagMoves_AlwaysGetsItAndIfNotPresentDoesNot()
    {
        var scene = await OnSharedStackAsync();
        var registries = await Registries.OfAsync(scene);
        var image = await registries.PushAsync(registries.Open, $"{scene.Namespace}/agent:1", "first");
        Assert.Equal("first", await WordAsync(scene, "one", image, "IfNotPresent"));

        await registries.PushAsync(registries.Open, $"{scene.Namespace}/agent:1", "second");

        Assert.Equal("first", await WordAsync(scene, "two", image, "IfNotPresent"));
        Assert.Equal("first", await WordAsync(scene, "three", image, "Never"));
        // The default of Kubernetes for a tag other than latest.
        Assert.Equal("first", await WordAsync(scene, "four", image, policy: null));
        Assert.Equal("second", await WordAsync(scene, "five", image, "Always"));
    }

    [Fact]
    public async Task Policy_TagLatest_IsAlwaysByDefault()
    {
        var scene = await OnSharedStackAsync();
        var registries = await Registries.OfAsync(scene);
        foreach (var word in new[] { "first", "second" })
        {
            var image = await registries.PushAsync(registries.Open, $"{scene.Namespace}/agent:latest", word);
            Assert.Equal(word, await WordAsync(scene, $"latest-{word}", image, policy: null));
            Assert.Equal(word, await WordAsync(scene, $"none-{word}", image[..^":latest".Length], policy: null));
        }
    }

    [Theory]
    [InlineData("{open}/no/such:1", "has no such image or tag")]
    [InlineData("open.registry.test:9/no/such:1", "cannot be reached from the node")]
    [InlineData("no-such-host.registry.test/no/such:1", "cannot be reached from the node")]
    [InlineData("open.registry.test:{plain}/no/such:1", "no trusted TLS connection")]
    [InlineData("{open-by-another-name}/no/such:1", "no trusted TLS connection")]
    [InlineData("{open}/no/such@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "has no such image or tag")]
    [InlineData("localhost:{open-port}/no/such:1", "are not fetched")]
    [InlineData("LOCALHOST:{open-port}/no/such:1", "are not fetched")]
    [InlineData("127.0.0.1:{open-port}/no/such:1", "are not fetched")]
    [InlineData("2130706433:{open-port}/no/such:1", "are not fetched")]
    [InlineData("0x7f.1:{open-port}/no/such:1", "are not fetched")]
    [InlineData("169.254.169.254:80/no/such:1", "are not fetched")]
    [InlineData("10.0.0.5:5000/no/such:1", "has an address that is not public")]
    public async Task Pull_Fails_SaysWhyInOneSentence(string pattern, string says)
    {
        var scene = await OnSharedStackAsync();
        var registries = await Registries.OfAsync(scene);
        var (open, port) = (registries.Open.Address, registries.Open.Address.Split(':')[1]);
        var image = pattern
            .Replace("{open}", open, StringComparison.Ordinal)
            .Replace("{open-by-another-name}", $"private.registry.test:{port}", StringComparison.Ordinal)
            .Replace("{open-port}", port, StringComparison.Ordinal)
            .Replace(
                "{plain}",
                new Uri(scene.Stack.Model.BaseUrl).Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                StringComparison.Ordinal
            );

        var status = (await (await scene.ApplyRunAsync(ImageRun.Yaml("fails", image))).EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.ImagePullFailed), (status.Phase, status.Reason));
        Assert.Contains(says, status.Message);
        Assert.Contains(image, status.Message);
        Assert.DoesNotContain('\n', status.Message!);
    }

    [Fact]
    public async Task MaxImageSize_LargerImage_IsRefusedAndNotKept()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Node = new() { ExtraArguments = ["--max-image-size", "1Mi"] } });
        var registries = await Registries.OfAsync(scene);
        var image = await registries.PushAsync(registries.Open, "agent:1", "large");

        var status = (await (await scene.ApplyRunAsync(ImageRun.Yaml("large", image))).EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.ImagePullFailed), (status.Phase, status.Reason));
        Assert.Contains("this node takes images of at most 1048576", status.Message);
        Assert.False((await scene.Inspect("node-1").Node.Machine.RunAsync(["podman", "image", "exists", image])).Succeeded);
    }

    private static async Task<string?> WordAsync(Scene scene, string name, string image, string? policy)
    {
        var status = (await (await scene.ApplyRunAsync(ImageRun.Yaml(name, image, policy))).EndAsync()).Status;
        return status.Phase == RunPhase.Succeeded ? status.Result?.Text : status.Message;
    }
}
