using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Images;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Images;

public sealed class PulledImagesTests : IDisposable
{
    private const string Name = "registry.example.com/agent:1";

    private static readonly ImageReference Reference = ImageReference.Parse(Name)!;

    private readonly ManualTimeProvider _clock = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stromboli-pulled-");
    private PulledImages _pulled;

    public PulledImagesTests() => _pulled = Open();

    public void Dispose()
    {
        _pulled.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Free_ImageThatWasPulled_IsTheNamespacesThatPulledIt()
    {
        Pull("team", "id");

        Assert.Equal("team", Assert.Single(_pulled.Free([Image("id", Name)])).Pulled.Namespace);
        Reopen();
        Assert.Equal("team", Assert.Single(_pulled.Free([Image("id", Name)])).Pulled.Namespace);
    }

    [Fact]
    public void Free_ImageThatWasThereBefore_IsSomebodyElses()
    {
        Pull("team", "id", Image("id", "build.test/agent:1"));

        Assert.Empty(_pulled.Free([Image("id", "build.test/agent:1", Name)]));
    }

    [Fact]
    public void Free_ImageThatGotAnotherName_IsSomebodyElsesUntilThatIsGone()
    {
        Pull("team", "id");

        Assert.Empty(_pulled.Free([Image("id", Name, "build.test/agent:1")]));
        Assert.Single(_pulled.Free([Image("id", Name)]));
        // A later pull of the same tag took its name.
        Assert.Single(_pulled.Free([Image("id")]));
    }

    [Fact]
    public void Free_OtherNamespacePullsTheSame_IsChargedToTheFirst()
    {
        Pull("team", "id");
        Pull("other", "id", Image("id", Name));

        Assert.Equal("team", Assert.Single(_pulled.Free([Image("id", Name)])).Pulled.Namespace);
    }

    [Fact]
    public async Task Hold_Image_IsNotRemoved()
    {
        Pull("team", "id");
        var removed = 0;
        using (var look = _pulled.Look())
        using (var use = _pulled.TryHold(look, "id"))
        {
            Assert.NotNull(use);
            Assert.Empty(_pulled.Free([Image("id", Name)]));
            Assert.False(await RemoveAsync());
        }

        using var late = _pulled.Look();
        Assert.True(await RemoveAsync());
        Assert.Null(_pulled.TryHold(late, "id"));
        Assert.Equal(1, removed);

        Task<bool> RemoveAsync() =>
            _pulled.TryRemoveAsync(
                "id",
                () =>
                {
                    removed++;
                    return Task.CompletedTask;
                }
            );
    }

    [Fact]
    public void Hold_Image_CountsAsItsLastUse()
    {
        Pull("team", "id");
        _clock.Advance(TimeSpan.FromHours(1));
        using var look = _pulled.Look();
        using (_pulled.TryHold(look, "id")) { }

        Reopen();
        Assert.Equal(_clock.GetUtcNow(), Assert.Single(_pulled.Free([Image("id", Name)])).Pulled.LastUse);
    }

    [Fact]
    public void Observe_PullWasGivenUpAndItsImageArrives_IsKnown()
    {
        _pulled.Begin(Reference, "team", [Image("before", "build.test/agent:1")]);
        _pulled.GivenUp(Reference);

        Observe(Image("before", "build.test/agent:1"), Image("id", Name));

        Assert.Equal("team", Assert.Single(_pulled.Free([Image("before", "build.test/agent:1"), Image("id", Name)])).Pulled.Namespace);
    }

    [Fact]
    public void Observe_BridgeWasKilledDuringThePull_ItsImageIsKnown()
    {
        _pulled.Begin(Reference, "team", []);
        _pulled = Open();

        Observe(Image("id", Name));

        Assert.Equal("team", Assert.Single(_pulled.Free([Image("id", Name)])).Pulled.Namespace);
    }

    [Fact]
    public void Observe_LongAfterThePullWasGivenUp_ImageOfThatNameIsSomebodyElses()
    {
        _pulled.Begin(Reference, "team", []);
        _pulled.GivenUp(Reference);
        _clock.Advance(TimeSpan.FromMinutes(11));
        Observe();

        Observe(Image("id", Name));

        Assert.Empty(_pulled.Free([Image("id", Name)]));
    }

    [Fact]
    public void Observe_ImageIsGone_IsForgottenUnlessItCameMeanwhile()
    {
        Pull("team", "gone");
        var mark = _pulled.Mark();
        Pull("team", "new");

        _pulled.Observe([], mark);

        Assert.Empty(_pulled.Free([Image("gone", Name)]));
        Assert.Single(_pulled.Free([Image("new", Name)]));
    }

    [Fact]
    public void Done_MoreNamesThanAreKept_LastOneIsNot()
    {
        for (var i = 0; i < PulledImages.MostNames; i++)
        {
            Assert.True(Pull("team", "id", name: $"registry.example.com/agent:{i}"));
        }

        Assert.False(Pull("team", "id", name: "registry.example.com/agent:more"));
        Assert.True(Pull("team", "id", name: "registry.example.com/agent:0"));
    }

    [Fact]
    public void Open_FileCannotBeRead_NothingIsOurs()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "pulled-images.json"), "{");

        Assert.Empty(Open().Free([Image("id", Name)]));
    }

    private PulledImages Open() => new(Path.Combine(_folder.FullName, "pulled-images.json"), _clock);

    private void Reopen()
    {
        _pulled.Dispose();
        _pulled = Open();
    }

    private bool Pull(string ns, string id, ImageSummary? before = null, string name = Name)
    {
        var reference = ImageReference.Parse(name)!;
        _pulled.Begin(reference, ns, before is null ? [] : [before]);
        return _pulled.Done(reference, id);
    }

    private void Observe(params ImageSummary[] present) => _pulled.Observe(present, _pulled.Mark());

    private static ImageSummary Image(string id, params string[] names) =>
        new()
        {
            ID = id,
            Names = names,
            Size = 1,
        };
}
