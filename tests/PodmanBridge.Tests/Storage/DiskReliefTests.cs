using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Crds.Runs;
using Stromboli.Egress;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Storage;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Storage;

/// <summary>Which parts of a full disk give way, by everything that decides it; the engine and the measurer are not real.</summary>
public sealed class DiskReliefTests : IDisposable
{
    private const long GiB = 1L << 30;
    private const string InstallationID = "11112222-3333-4444-5555-666677778888";

    private static readonly FreeSpace Floor = new(2 * GiB, null);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stromboli-relief-");
    private readonly ManualTimeProvider _clock = new();
    private readonly FakeDisk _disk = new(100 * GiB);
    private readonly PulledImages _pulled;
    private readonly PrivateImages _private;
    private readonly ImageCatalogue _catalogue;
    private readonly PrePuller _ahead;
    private readonly ImageFetcher _fetcher;
    private readonly DiskRelief _relief;
    private readonly List<FinishedAttempt> _finished = [];
    private readonly List<(StorageTenant Tenant, StorageUsage Usage)> _running = [];
    private readonly List<string> _ended = [];

    public DiskReliefTests()
    {
        var options = new BridgeOptions
        {
            Operators = [],
            CaFile = "",
            TokenFile = "",
            Node = "node-1",
            PodmanSocket = "",
            StateDirectory = _folder.FullName,
            RunDirectory = "",
            Shim = "",
            Measurer = "",
            Reader = "",
            MinFreeBytes = Floor.Bytes,
            MinFreeFiles = 0,
            MaxRuns = 8,
            AllowUnenforcedLimits = false,
            ParallelStarts = 1,
            Labels = new Dictionary<string, string>(),
            DeniedNetworks = [],
            AllowedVolumes = [],
            AllowedSecrets = [],
        };
        var installation = new Installation(_folder.FullName);
        Assert.True(installation.TryServe(InstallationID));
        _pulled = new PulledImages(At("pulled-images.json"), _clock);
        _private = new PrivateImages(At("private-images.json"), _clock);
        var gate = new RegistryGate(
            new Dialer(AddressPolicy.Default, _clock, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("1.1.1.1")])),
            []
        );
        _fetcher = new ImageFetcher(
            _disk,
            _private,
            _pulled,
            gate,
            new ImageFetcher.Settings(null),
            _clock,
            NullLogger<ImageFetcher>.Instance
        );
        _catalogue = new ImageCatalogue(
            _disk,
            new ImageReader(_disk, "node-1"),
            new ImageContents(At("image-contents.json")),
            _pulled,
            () => null,
            _clock,
            NullLogger<ImageCatalogue>.Instance
        );
        _ahead = new PrePuller(_disk, _fetcher, _catalogue, new DiskPressure(Floor), _clock, NullLogger<PrePuller>.Instance);
        var reader = new DiskUseReader(
            _disk,
            _pulled,
            _fetcher,
            _ahead,
            new Measurer(MeasurerProgram(), _clock),
            installation,
            options,
            _clock
        );
        _relief = new DiskRelief(
            reader,
            new ImageRemover(_disk, _pulled, _ahead, NullLogger<ImageRemover>.Instance),
            _fetcher,
            () => _finished,
            _clock,
            NullLogger<DiskRelief>.Instance
        );
    }

    public void Dispose()
    {
        _ahead.Dispose();
        _catalogue.Dispose();
        _pulled.Dispose();
        _private.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Relief_OneNamespacePullsUntilTheFloor_ItsUnusedImagesGoAndNobodyElsesWorkspace()
    {
        Finished("victim", "is-over", 10 * GiB);
        Running("victim", "goes-on", 5 * GiB, Pulled("victim", "base", 4 * GiB));
        _disk.AddImage("admins", 10 * GiB, "build.test/tools:1");
        for (var i = 1; _disk.Free >= Floor.Bytes; i++)
        {
            Pulled("hog", $"hog-{i}", 9 * GiB);
        }

        Assert.True(_disk.Free < Floor.Bytes);

        await ReliefAsync();

        // Until an eighth more than the floor is free: the first of them.
        Assert.Equal(["admins", "base", "hog-2", "hog-3", "hog-4", "hog-5", "hog-6", "hog-7", "hog-8"], _disk.ImageIDs);
        Assert.Equal(["goes-on", "is-over"], _disk.VolumeNames);
        Assert.Empty(_ended);
    }

    [Fact]
    public async Task Relief_ImagesAreUsedByRuns_TheirNamespacePaysAndNoOther()
    {
        Finished("victim", "is-over", 10 * GiB);
        Finished("hog", "hogs-own", 1 * GiB);
        for (var i = 1; _disk.Free >= Floor.Bytes; i++)
        {
            Running("hog", $"run-{i}", 1 * GiB, Pulled("hog", $"hog-{i}", 9 * GiB));
        }

        await ReliefAsync();

        // Its own workspace is not enough, so a run ends; then the run's image is unused.
        Assert.DoesNotContain("hogs-own", _disk.VolumeNames);
        Assert.Equal("run-1", Assert.Single(_ended));
        Assert.Contains("is-over", _disk.VolumeNames);
    }

    [Fact]
    public async Task Relief_ImageIsAboutToBeUsed_Stays()
    {
        Pulled("hog", "first", 50 * GiB);
        Pulled("hog", "second", 49 * GiB);
        using var look = _pulled.Look();
        using var use = _pulled.TryHold(look, "first");

        await ReliefAsync();

        Assert.Equal(["first"], _disk.ImageIDs);
    }

    [Fact]
    public async Task Relief_ImageHasAnAdminsName_Stays()
    {
        Pulled("hog", "first", 50 * GiB);
        _disk.AddImage("first", 50 * GiB, "registry.example.com/first:1", "build.test/mine:1");
        Pulled("hog", "second", 49 * GiB);

        await ReliefAsync();

        Assert.Equal(["first"], _disk.ImageIDs);
    }

    [Fact]
    public async Task Relief_ImageIsPulledAheadForTheNode_GoesLast()
    {
        _ahead.Apply(["registry.example.com/ahead:1"]);
        Pulled(null, "ahead", 50 * GiB);
        Pulled("team", "other", 49 * GiB);

        await ReliefAsync();

        Assert.Equal(["ahead"], _disk.ImageIDs);
    }

    [Fact]
    public async Task Relief_PullFillsTheDisk_EndsBeforeAnybodysWorkspaceGoes()
    {
        Finished("victim", "is-over", 99 * GiB);
        var pull = _fetcher.EnsureAsync(
            new ImageRequest("registry.example.com/large:1", ImagePullPolicy.Always) { Namespace = "hog" },
            CancellationToken.None
        );
        await Eventually.True(() => _fetcher.Fetches.Count == 1);

        Assert.True(await OnceAsync());

        Assert.Equal(ImagePullFailure.TooLarge, (await Assert.ThrowsAsync<ImagePullException>(() => pull)).Failure);
        // What it had needs a moment to go.
        Assert.True(await OnceAsync());
        Assert.Equal(["is-over"], _disk.VolumeNames);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await OnceAsync());
        Assert.Empty(_disk.VolumeNames);
    }

    [Fact]
    public async Task Relief_WorkspaceCannotBeMeasured_CountsAsTheFloor()
    {
        Finished("hides", "a", 60 * GiB, told: "no number");
        Finished("victim", "b", 39 * GiB, told: GiB.ToString(CultureInfo.InvariantCulture) + " 1 0 whole");

        Assert.True(await OnceAsync());

        Assert.Equal(["b"], _disk.VolumeNames);
    }

    // As StorageWatch goes on: until there is an eighth more than the floor, or nothing is left that could go.
    private async Task ReliefAsync()
    {
        for (
            var pressed = true;
            pressed && await OnceAsync();
            pressed = StorageRules.IsPressed(true, new FreeSpace(_disk.Free, null), Floor)
        )
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private Task<bool> OnceAsync() =>
        _relief.TryAsync(
            new DiskShortage(Floor, new FreeSpace(_disk.Free, null), Images: null, Pressed: true),
            () => Task.FromResult<IReadOnlyList<(StorageTenant, StorageUsage)>>([.. _running]),
            End,
            CancellationToken.None
        );

    private void End(AttemptKey key, string sentence)
    {
        _ended.Add(key.UID);
        var run = _running.Single(run => run.Tenant.Key == key);
        _running.Remove(run);
        _disk.RemoveContainers("hog-" + key.UID.Split('-')[1]);
        _finished.Add(new FinishedAttempt(_disk, key, run.Tenant.Namespace, _clock.GetUtcNow()));
    }

    private string Pulled(string? ns, string id, long bytes)
    {
        var reference = ImageReference.Parse($"registry.example.com/{id}:1")!;
        _pulled.Begin(reference, ns, []);
        _disk.AddImage(id, bytes, reference.Name);
        Assert.True(_pulled.Done(reference, id));
        _clock.Advance(TimeSpan.FromMinutes(1));
        return id;
    }

    private void Running(string ns, string name, long bytes, string image)
    {
        var key = new AttemptKey(name, 1);
        Volume(ns, key, bytes);
        _disk.AddContainer(image, Labels(ns, key));
        var tenant = new StorageTenant
        {
            Key = key,
            Namespace = ns,
            Pid = 0,
            Volumes = [new RunVolume(At(name), "/workspace")],
            Workspace = "/workspace",
            LogPath = "",
            Limits = new StorageLimits(null, null),
            End = _ => { },
        };
        _running.Add((tenant, new StorageUsage(new DirectoryUsage(bytes, 1, 0, DirectoryState.Whole), [], 0)));
    }

    private void Finished(string ns, string name, long bytes, string? told = null)
    {
        var key = new AttemptKey(name, 1);
        Volume(ns, key, bytes, told);
        _finished.Add(new FinishedAttempt(_disk, key, ns, _clock.GetUtcNow()));
        _clock.Advance(TimeSpan.FromMinutes(1));
    }

    private void Volume(string ns, AttemptKey key, long bytes, string? told = null)
    {
        Directory.CreateDirectory(At(key.UID));
        File.WriteAllText(
            Path.Combine(At(key.UID), "told"),
            (told ?? string.Create(CultureInfo.InvariantCulture, $"{bytes} 1 0 whole")) + "\n"
        );
        _disk.AddVolume(key.UID, At(key.UID), bytes, Labels(ns, key));
    }

    private static Dictionary<string, string> Labels(string ns, AttemptKey key) =>
        new(ContainerLabels.OfNode(InstallationID, "node-1"))
        {
            [ContainerLabels.Namespace] = ns,
            [ContainerLabels.RunUID] = key.UID,
            [ContainerLabels.Attempt] = "1",
        };

    // Says what a file in the volume says.
    private string MeasurerProgram()
    {
        File.WriteAllText(At("measurer"), "#!/bin/sh\nread line < \"$4/told\"\necho \"$line\"\n");
        File.SetUnixFileMode(At("measurer"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return At("measurer");
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private sealed class FinishedAttempt(FakeDisk disk, AttemptKey key, string ns, DateTimeOffset endedAt) : IFinishedAttempt
    {
        public AttemptKey Key => key;

        public string Namespace => ns;

        public DateTimeOffset EndedAt => endedAt;

        public bool HasVolumes => disk.VolumeNames.Contains(key.UID);

        public string LogPath => "/nonexistent";

        public Task FreeAsync()
        {
            Assert.True(disk.RemoveVolume(key.UID));
            return Task.CompletedTask;
        }

        public void FreeLog() => throw new NotSupportedException();
    }
}
