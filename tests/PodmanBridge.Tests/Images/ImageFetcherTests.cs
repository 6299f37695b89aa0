using System.Net;
using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Podman;
using Stromboli.PodmanBridge.Tests.Podman;

namespace Stromboli.PodmanBridge.Tests.Images;

public sealed class ImageFetcherTests
{
    private const string Image = "registry.example.com/agent:1";

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeImages _images = new();
    private readonly ImageFetcher _fetcher;

    public ImageFetcherTests() => _fetcher = new ImageFetcher(_images);

    [Theory]
    [InlineData(ImagePullPolicy.IfNotPresent)]
    [InlineData(ImagePullPolicy.Never)]
    public async Task Ensure_PresentImage_IsNotFetched(ImagePullPolicy policy)
    {
        _images.Present[Image] = "id";
        Assert.Equal("id", await _fetcher.EnsureAsync(Image, policy, None));
        Assert.Equal(0, _images.Pulls);
    }

    [Fact]
    public async Task Ensure_AbsentAndNever_NamesImageAndPolicy()
    {
        var error = await Assert.ThrowsAsync<ImagePullException>(() => _fetcher.EnsureAsync(Image, ImagePullPolicy.Never, None));
        Assert.Contains(Image, error.Message, StringComparison.Ordinal);
        Assert.Contains("Never", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ensure_ShortName_IsRefused()
    {
        var error = await Assert.ThrowsAsync<ImagePullException>(() => _fetcher.EnsureAsync("busybox", ImagePullPolicy.Always, None));
        Assert.Contains("'busybox'", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _images.Pulls);
    }

    [Theory]
    [InlineData(ImagePullPolicy.Always)]
    [InlineData(ImagePullPolicy.IfNotPresent)]
    public async Task Ensure_ImageOfLocalhost_IsNeverFetched(ImagePullPolicy policy)
    {
        await Assert.ThrowsAsync<ImagePullException>(() => _fetcher.EnsureAsync("localhost:5000/agent:1", policy, None));
        _images.Present["localhost/agent:1"] = "id";
        Assert.Equal("id", await _fetcher.EnsureAsync("localhost/agent:1", policy, None));
        Assert.Equal(0, _images.Pulls);
    }

    [Fact]
    public async Task Ensure_SeveralAtOnce_FetchOnce()
    {
        var all = Enumerable.Range(0, 5).Select(_ => _fetcher.EnsureAsync(Image, ImagePullPolicy.Always, None)).ToArray();
        (await _images.NextAsync()).SetResult("id");
        Assert.All(await Task.WhenAll(all), id => Assert.Equal("id", id));
        Assert.Equal(1, _images.Pulls);
    }

    [Fact]
    public async Task Ensure_AlwaysAgainLater_FetchesAgain()
    {
        var first = _fetcher.EnsureAsync(Image, ImagePullPolicy.Always, None);
        (await _images.NextAsync()).SetResult("one");
        await first;
        var second = _fetcher.EnsureAsync(Image, ImagePullPolicy.Always, None);
        (await _images.NextAsync()).SetResult("two");
        Assert.Equal("two", await second);
    }

    [Fact]
    public async Task Ensure_OneWaiterCancelled_OthersGetTheImage()
    {
        using var cancelled = new CancellationTokenSource();
        var one = _fetcher.EnsureAsync(Image, ImagePullPolicy.Always, cancelled.Token);
        var other = _fetcher.EnsureAsync(Image, ImagePullPolicy.Always, None);
        var pull = await _images.NextAsync();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        pull.SetResult("id");
        Assert.Equal("id", await other);
    }

    [Fact]
    public async Task Ensure_AllWaitersCancelled_EndsTheFetch()
    {
        using var cancelled = new CancellationTokenSource();
        var one = _fetcher.EnsureAsync(Image, ImagePullPolicy.Always, cancelled.Token);
        await _images.NextAsync();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.True(_images.LastPull.IsCancellationRequested);
    }

    [Fact]
    public async Task Ensure_CredentialsDiffer_FetchesAreNotShared()
    {
        var one = _fetcher.EnsureAsync(Image, ImagePullPolicy.Always, None, new RegistryCredential("registry.example.com", "a", "1"));
        var first = await _images.NextAsync();
        var other = _fetcher.EnsureAsync(Image, ImagePullPolicy.Always, None, new RegistryCredential("registry.example.com", "b", "2"));
        var second = await _images.NextAsync();
        first.SetResult("id");
        second.SetException(new PodmanException("POST images/pull", "unauthorized", HttpStatusCode.OK));
        Assert.Equal("id", await one);
        var error = await Assert.ThrowsAsync<ImagePullException>(() => other);
        Assert.Contains($"'{Image}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("unauthorized", error.Message, StringComparison.Ordinal);
    }
}
