using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Crds.Runs;
using Stromboli.Egress;
using Stromboli.Podman;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Images;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Images;

public sealed class ImageFetcherTests : IDisposable
{
    private const string Image = "registry.example.com/agent:1";

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeImages _images = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stromboli-images-");
    private readonly PrivateImages _known;
    private readonly PulledImages _pulled;
    private readonly ImageFetcher _fetcher;

    public ImageFetcherTests()
    {
        _known = new PrivateImages(Path.Combine(_folder.FullName, "private-images.json"), TimeProvider.System);
        _pulled = new PulledImages(Path.Combine(_folder.FullName, "pulled-images.json"), TimeProvider.System);
        _fetcher = Fetcher(_known);
    }

    public void Dispose()
    {
        _known.Dispose();
        _pulled.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(ImagePullPolicy.IfNotPresent)]
    [InlineData(ImagePullPolicy.Never)]
    public async Task Ensure_PresentImage_IsNotFetched(ImagePullPolicy policy)
    {
        _images.Present[Image] = "id";
        Assert.Equal("id", await _fetcher.EnsureAsync(new ImageRequest(Image, policy), None));
        Assert.Equal(0, _images.Pulls);
    }

    [Fact]
    public async Task Ensure_ManyAtOnce_ShareOneLook()
    {
        _images.Present[Image] = "id";
        var looking = new TaskCompletionSource();
        _images.Looking = looking.Task;
        var request = new ImageRequest(Image, ImagePullPolicy.IfNotPresent);
        var asked = Enumerable.Range(0, 20).Select(_ => _fetcher.EnsureAsync(request, None)).ToList();
        looking.SetResult();

        Assert.All(await Task.WhenAll(asked), id => Assert.Equal("id", id));
        Assert.Equal(1, _images.Looks);

        // The next one looks for itself: the image may have changed since.
        await _fetcher.EnsureAsync(request, None);
        Assert.Equal(2, _images.Looks);
    }

    [Fact]
    public async Task Ensure_AbsentAndNever_NamesImageAndPolicy()
    {
        var error = await Assert.ThrowsAsync<ImagePullException>(() =>
            _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Never), None)
        );
        Assert.Contains(Image, error.Message, StringComparison.Ordinal);
        Assert.Contains("Never", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ensure_ShortName_IsRefused()
    {
        var error = await Assert.ThrowsAsync<ImagePullException>(() =>
            _fetcher.EnsureAsync(new ImageRequest("busybox", ImagePullPolicy.Always), None)
        );
        Assert.Contains("'busybox'", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _images.Pulls);
    }

    [Theory]
    [InlineData(ImagePullPolicy.Always)]
    [InlineData(ImagePullPolicy.IfNotPresent)]
    public async Task Ensure_ImageOfLocalhost_IsNeverFetched(ImagePullPolicy policy)
    {
        await Assert.ThrowsAsync<ImagePullException>(() => _fetcher.EnsureAsync(new ImageRequest("localhost:5000/agent:1", policy), None));
        _images.Present["localhost/agent:1"] = "id";
        Assert.Equal("id", await _fetcher.EnsureAsync(new ImageRequest("localhost/agent:1", policy), None));
        Assert.Equal(0, _images.Pulls);
    }

    [Fact]
    public async Task Ensure_SeveralAtOnce_FetchOnce()
    {
        var all = Enumerable.Range(0, 5).Select(_ => _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Always), None)).ToArray();
        (await _images.NextAsync()).SetResult("id");
        Assert.All(await Task.WhenAll(all), id => Assert.Equal("id", id));
        Assert.Equal(1, _images.Pulls);
    }

    [Fact]
    public async Task Ensure_AlwaysAgainLater_FetchesAgain()
    {
        var first = _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Always), None);
        (await _images.NextAsync()).SetResult("one");
        await first;
        var second = _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Always), None);
        (await _images.NextAsync()).SetResult("two");
        Assert.Equal("two", await second);
    }

    [Fact]
    public async Task Ensure_OneWaiterCancelled_OthersGetTheImage()
    {
        using var cancelled = new CancellationTokenSource();
        var one = _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Always), cancelled.Token);
        var other = _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Always), None);
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
        var one = _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Always), cancelled.Token);
        await _images.NextAsync();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.True(_images.LastPull.IsCancellationRequested);
        // The fetch still notes its end in the folder that the test removes.
        var pulled = Path.Combine(_folder.FullName, "pulled-images.json");
        await Eventually.True(() => File.ReadAllText(pulled).Contains("\"givenUp\":\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ensure_CredentialsDiffer_FetchesAreNotShared()
    {
        var one = _fetcher.EnsureAsync(Private("team", "a"), None);
        var first = await _images.NextAsync();
        var other = _fetcher.EnsureAsync(Private("team", "b"), None);
        var second = await _images.NextAsync();
        first.SetResult("id");
        second.SetException(new PodmanException("POST images/pull", "unauthorized", HttpStatusCode.OK));
        Assert.Equal("id", await one);
        var error = await Assert.ThrowsAsync<ImagePullException>(() => other);
        Assert.Contains($"'{Image}'", error.Message, StringComparison.Ordinal);
        Assert.Equal(ImagePullFailure.Unauthorized, error.Failure);
    }

    [Fact]
    public async Task Ensure_FirstOfTwoLoginsIsRefused_TriesTheSecond()
    {
        var both = Private("team", "a") with { Credentials = [new("a", "pw"), new("b", "pw")] };
        var image = _fetcher.EnsureAsync(both, None);
        (await _images.NextAsync()).SetException(new PodmanException("POST images/pull", "authentication required", HttpStatusCode.OK));
        (await _images.NextAsync()).SetResult("id");
        Assert.Equal("id", await image);
        Assert.Equal(2, _images.Pulls);
    }

    [Fact]
    public async Task Ensure_ImageThatCameWithACredential_IsNotForOtherNamespaces()
    {
        await PulledAsync("team", "id");

        Assert.Equal(
            "id",
            await _fetcher.EnsureAsync(Private("team", "a") with { Policy = ImagePullPolicy.IfNotPresent, Credentials = [] }, None)
        );
        var never = await Assert.ThrowsAsync<ImagePullException>(() =>
            _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Never) { Namespace = "other" }, None)
        );
        Assert.Contains("has not shown", never.Message, StringComparison.Ordinal);

        // Its registry decides.
        var other = _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.IfNotPresent) { Namespace = "other" }, None);
        (await _images.NextAsync()).SetException(new PodmanException("POST images/pull", "authentication required", HttpStatusCode.OK));
        Assert.Equal(ImagePullFailure.Unauthorized, (await Assert.ThrowsAsync<ImagePullException>(() => other)).Failure);
    }

    [Fact]
    public async Task Ensure_OtherNamespaceShowsItsOwn_MayUseItFromThenOn()
    {
        await PulledAsync("team", "id");
        await PulledAsync("other", "id", ImagePullPolicy.IfNotPresent);

        foreach (var ns in new[] { "team", "other" })
        {
            Assert.Equal("id", await _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Never) { Namespace = ns }, None));
        }
    }

    [Fact]
    public async Task Ensure_RegistryGivesItToAnybody_IsEverybodys()
    {
        await PulledAsync("team", "id");
        var open = _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Always) { Namespace = "other" }, None);
        (await _images.NextAsync()).SetResult("id");
        await open;

        Assert.Equal("id", await _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Never) { Namespace = "third" }, None));
    }

    [Fact]
    public async Task Ensure_WasThereForAllBefore_StaysSo()
    {
        _images.Present[Image] = "id";
        await PulledAsync("team", "id");

        Assert.Equal("id", await _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Never) { Namespace = "other" }, None));
    }

    [Fact]
    public async Task Ensure_WhileItIsFetchedWithACredential_IsNotForOtherNamespaces()
    {
        var mine = _fetcher.EnsureAsync(Private("team", "a"), None);
        var pull = await _images.NextAsync();
        // The engine has it, and has not said so yet.
        _images.Present[Image] = "id";

        await Assert.ThrowsAsync<ImagePullException>(() =>
            _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Never) { Namespace = "other" }, None)
        );

        pull.SetResult("id");
        await mine;
    }

    [Fact]
    public async Task Ensure_BridgeWasKilledDuringTheFetch_IsNobodysUntilACredentialIsShown()
    {
        _ = _fetcher.EnsureAsync(Private("team", "a"), None);
        await _images.NextAsync();
        _images.Present[Image] = "id";
        _images.Present["registry.example.com/agent:2"] = "id";

        using var known = new PrivateImages(Path.Combine(_folder.FullName, "private-images.json"), TimeProvider.System);
        var restarted = Fetcher(known);

        foreach (var ns in new[] { "team", "other" })
        {
            await Assert.ThrowsAsync<ImagePullException>(() =>
                restarted.EnsureAsync(new ImageRequest("registry.example.com/agent:2", ImagePullPolicy.Never) { Namespace = ns }, None)
            );
        }
    }

    [Fact]
    public async Task Ensure_FetchWasGivenUpButItsImageArrives_IsNobodysUntilACredentialIsShown()
    {
        var time = new ManualTimeProvider();
        using var known = new PrivateImages(Path.Combine(_folder.FullName, "given-up.json"), time);
        var fetcher = Fetcher(known);
        using var cancelled = new CancellationTokenSource();
        var mine = fetcher.EnsureAsync(Private("team", "a"), cancelled.Token);
        await _images.NextAsync();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => mine);
        _images.Present[Image] = "id";

        foreach (var passed in new[] { TimeSpan.Zero, PrivateImages.Afterwards + TimeSpan.FromSeconds(1) })
        {
            time.Advance(passed);
            await Assert.ThrowsAsync<ImagePullException>(() =>
                fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Never) { Namespace = "other" }, None)
            );
        }
    }

    [Fact]
    public async Task Memory_HoldsNoCredential()
    {
        await PulledAsync("team", "id");

        var file = new FileInfo(Path.Combine(_folder.FullName, "private-images.json"));
        var text = await File.ReadAllTextAsync(file.FullName, None);
        Assert.Contains("team", text, StringComparison.Ordinal);
        Assert.DoesNotContain("password-of", text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode);
    }

    [Fact]
    public async Task Ensure_RegistryIsNotPublic_IsNotAskedUnlessAllowed()
    {
        var refused = Fetcher(_known, address: "10.0.0.5");
        var error = await Assert.ThrowsAsync<ImagePullException>(() =>
            refused.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Always), None)
        );
        Assert.Equal(ImagePullFailure.RegistryRefused, error.Failure);
        Assert.Equal(0, _images.Pulls);

        // What is there may be used: no registry is asked.
        _images.Present[Image] = "id";
        Assert.Equal("id", await refused.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.IfNotPresent), None));

        var allowed = Fetcher(_known, address: "10.0.0.5", "registry.example.com")
            .EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Always), None);
        (await _images.NextAsync()).SetResult("id");
        Assert.Equal("id", await allowed);
    }

    [Fact]
    public async Task Use_ImageIsRemovedWhileItIsLookedFor_IsLookedForAgain()
    {
        await PulledAsync("team", "id");
        var looking = new TaskCompletionSource();
        _images.Looking = looking.Task;
        var using1 = _fetcher.UseAsync(Private("team", "a") with { Policy = ImagePullPolicy.IfNotPresent }, None);
        await Eventually.True(() => _images.Looks > 0);

        Assert.True(await _pulled.TryRemoveAsync("id", () => Task.CompletedTask));
        looking.SetResult();
        _images.Looking = Task.CompletedTask;
        using var use = await using1;

        Assert.Equal((2, "id"), (_images.Looks, use.ID));
        Assert.False(await _pulled.TryRemoveAsync("id", () => throw new InvalidOperationException("a held image was removed")));
    }

    [Fact]
    public async Task End_FetchIsUnderWay_TellsThatThereIsNoSpace()
    {
        var waiting = _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Always), None);
        await _images.NextAsync();

        Assert.Equal(Image, Assert.Single(_fetcher.Fetches).Image);
        Assert.True(_fetcher.End(Image));

        var error = await Assert.ThrowsAsync<ImagePullException>(() => waiting);
        Assert.Equal(ImagePullFailure.TooLarge, error.Failure);
        Assert.Empty(_fetcher.Fetches);
        Assert.False(_fetcher.End(Image));
    }

    [Fact]
    public async Task End_FetchWithACredentialIsUnderWay_ItsImageIsNotForOtherNamespacesIfItArrives()
    {
        var mine = _fetcher.EnsureAsync(Private("team", "a"), None);
        await _images.NextAsync();
        Assert.True(_fetcher.End(Image));
        await Assert.ThrowsAsync<ImagePullException>(() => mine);
        _images.Present[Image] = "id";

        await Assert.ThrowsAsync<ImagePullException>(() =>
            _fetcher.EnsureAsync(new ImageRequest(Image, ImagePullPolicy.Never) { Namespace = "other" }, None)
        );
    }

    private ImageFetcher Fetcher(PrivateImages known, string address = "1.1.1.1", params string[] allowed) =>
        new(
            _images,
            known,
            _pulled,
            new RegistryGate(
                new Dialer(AddressPolicy.Default, TimeProvider.System, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)])),
                allowed
            ),
            new ImageFetcher.Settings(MaxBytes: null),
            TimeProvider.System,
            NullLogger<ImageFetcher>.Instance
        );

    private static ImageRequest Private(string ns, string user) =>
        new(Image, ImagePullPolicy.Always)
        {
            Namespace = ns,
            HasSecrets = true,
            Credentials = [new RegistryCredential(user, $"password-of-{user}")],
        };

    private async Task PulledAsync(string ns, string id, ImagePullPolicy policy = ImagePullPolicy.Always)
    {
        var image = _fetcher.EnsureAsync(Private(ns, ns) with { Policy = policy }, None);
        var pull = await _images.NextAsync();
        _images.Present[Image] = id;
        pull.SetResult(id);
        Assert.Equal(id, await image);
    }
}
