using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge.Tests.Storage;

public sealed class StorageRulesTests
{
    private const long MiB = 1024 * 1024;
    private static readonly FreeSpace Free = new(1000 * MiB, 100_000);
    private static readonly StorageLimits Limits = new(null, 100 * MiB);

    [Theory]
    // Bytes and inodes that are left, of which 800 are to be kept free.
    [InlineData(false, 800, 800, false)]
    [InlineData(false, 799, 800, true)]
    [InlineData(false, 800, 799, true)]
    [InlineData(true, 899, 5000, true)]
    [InlineData(true, 5000, 899, true)]
    [InlineData(true, 900, 900, false)]
    public void IsPressed_BelowTheFloorUntilAnEighthAbove(bool before, long bytes, long files, bool pressed) =>
        Assert.Equal(pressed, StorageRules.IsPressed(before, new FreeSpace(bytes, files), new FreeSpace(800, 800)));

    [Fact]
    public void DiskPressure_Sentence_StaysTheSameWhileItLasts()
    {
        var disk = new DiskPressure(new FreeSpace(2L << 30, 100_000));

        Assert.Equal((false, null), (disk.Update(new FreeSpace(3L << 30, null)), disk.Sentence));
        Assert.True(disk.Update(new FreeSpace(1L << 30, null)));
        Assert.Equal(
            "The node's disk has less free than 2Gi or 100000 inodes (--min-free-space and --min-free-inodes of its bridge); it takes runs again when it has an eighth more than that.",
            disk.Sentence
        );
        Assert.False(disk.Update(new FreeSpace(2L << 30, null)));
        Assert.True(disk.Update(new FreeSpace(3L << 30, null)));
        Assert.Null(disk.Sentence);
    }

    [Theory]
    [InlineData("         0       1000          1\n         1     100000      65536\n", true)]
    [InlineData("0 1000 1\n1 100000 50000\n", false)]
    [InlineData("1 100000 65536\n", false)]
    [InlineData("0 0 4294967295\n", true)]
    [InlineData("", false)]
    [InlineData("0 0\n", false)]
    public void IsEngineMap_ManyIdsWithARoot_Is(string map, bool expected) => Assert.Equal(expected, EngineProcess.IsEngineMap(map));

    [Fact]
    public void IsDue_NoLimit_Never() => Assert.False(StorageRules.IsDue(new StorageLimits(null, null), null, Free, TimeSpan.FromDays(1)));

    [Fact]
    public void IsDue_NeverMeasured_Now() => Assert.True(StorageRules.IsDue(Limits, null, Free, TimeSpan.Zero));

    [Theory]
    // Free space lost, inodes lost, milliseconds since the last time; 60 MiB are left to the limit.
    [InlineData(29, 0, 600, false)]
    [InlineData(30, 0, 600, true)]
    [InlineData(30, 0, 400, false)]
    [InlineData(0, 61_440, 600, true)]
    [InlineData(0, 61_000, 600, false)]
    [InlineData(-500, 61_440, 600, true)]
    [InlineData(-500, 0, 14_000, false)]
    [InlineData(-500, 0, 15_000, true)]
    public void IsDue_FileSystemHasLostHalfOfWhatIsLeft_OrForLong(long lost, long files, int since, bool isDue) =>
        Assert.Equal(
            isDue,
            StorageRules.IsDue(
                Limits,
                Measured(40),
                new FreeSpace(Free.Bytes - (lost * MiB), Free.Files - files),
                TimeSpan.FromMilliseconds(since)
            )
        );

    [Fact]
    public void IsDue_MeasurementTakesLong_RestsTenTimesThat()
    {
        var slow = Measured(99) with { Took = TimeSpan.FromSeconds(3) };

        Assert.False(StorageRules.IsDue(Limits, slow, new FreeSpace(0, 0), TimeSpan.FromSeconds(29)));
        Assert.True(StorageRules.IsDue(Limits, slow, new FreeSpace(0, 0), TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void TimeoutAfter_TooLate_IsTwiceAsLongUpToABound()
    {
        var late = Measured(1, DirectoryState.Late);

        Assert.Equal(TimeSpan.FromSeconds(10), StorageRules.TimeoutAfter(null));
        Assert.Equal(TimeSpan.FromSeconds(10), StorageRules.TimeoutAfter(Measured(1)));
        Assert.Equal(TimeSpan.FromSeconds(20), StorageRules.TimeoutAfter(late));
        Assert.Equal(TimeSpan.FromMinutes(5), StorageRules.TimeoutAfter(late with { Timeout = TimeSpan.FromMinutes(4) }));
    }

    [Theory]
    [InlineData(null, 100, 100, 0, nameof(DirectoryState.Whole), null)]
    [InlineData(
        null,
        100,
        60,
        41,
        nameof(DirectoryState.Whole),
        "The run takes 101Mi of the node's disk in 7 files (workspace 60Mi, HOME 41Mi, log 0), and resources.limits.ephemeralStorage allows 100Mi."
    )]
    [InlineData(
        null,
        100,
        101,
        0,
        nameof(DirectoryState.Over),
        "The run takes at least 101Mi of the node's disk in 7 files (workspace at least 101Mi, HOME 0, log 0), and resources.limits.ephemeralStorage allows 100Mi."
    )]
    [InlineData(50, 100, 50, 0, nameof(DirectoryState.Whole), null)]
    [InlineData(
        50,
        100,
        51,
        0,
        nameof(DirectoryState.Whole),
        "The workspace takes 51Mi of the node's disk in 7 files, and workspace.emptyDir.sizeLimit allows 50Mi."
    )]
    [InlineData(50, null, 10, 1000, nameof(DirectoryState.Whole), null)]
    [InlineData(null, null, 10, 0, nameof(DirectoryState.Deep), null)]
    [InlineData(
        null,
        100,
        10,
        0,
        nameof(DirectoryState.Deep),
        "The run's directories are nested too deep to be measured, and resources.limits.ephemeralStorage cannot be kept."
    )]
    [InlineData(
        50,
        null,
        10,
        0,
        nameof(DirectoryState.Denied),
        "Some of the run's directories cannot be read, and workspace.emptyDir.sizeLimit cannot be kept."
    )]
    [InlineData(null, 100, 10, 0, nameof(DirectoryState.Late), null)]
    public void Excess_Usage_IsASentence(int? workspaceLimit, int? limit, int workspace, int home, string state, string? sentence) =>
        Assert.Equal(
            sentence,
            StorageRules.Excess(
                new StorageLimits(workspaceLimit * MiB, limit * MiB),
                Measured(workspace, Enum.Parse<DirectoryState>(state), home)
            )
        );

    [Fact]
    public void Excess_LateAfterTheLongestTimeout_IsOver() =>
        Assert.Equal(
            "The run has so many files, more than 7, that they cannot be measured in 5 minutes, and resources.limits.ephemeralStorage cannot be kept.",
            StorageRules.Excess(Limits, Measured(1, DirectoryState.Late) with { Timeout = TimeSpan.FromMinutes(5) })
        );

    [Fact]
    public void Full_Run_IsASentenceThatNamesItsNamespace()
    {
        var floor = new FreeSpace(2000 * MiB, 50_000);

        Assert.Equal(
            "The node's disk has 1000Mi left, less than the 1.95Gi that are kept free (--min-free-space of its bridge). Of all namespaces team takes most of it, and of its runs this one: "
                + "500Mi in 7 files (workspace 500Mi, HOME 0, log 0), and its image. Set resources.limits.ephemeralStorage.",
            StorageRules.Full("team", Usage(500), new FreeSpace(1000 * MiB, 100_000), floor)
        );
        Assert.Equal(
            "The node's disk has 49999 inodes left, fewer than the 50000 that are kept free (--min-free-inodes of its bridge). Of all namespaces team takes most of them, and of its runs this one: "
                + "7 files. Set resources.limits.ephemeralStorage.",
            StorageRules.Full("team", Usage(500), new FreeSpace(3000 * MiB, 49_999), floor)
        );
    }

    [Theory]
    // Bytes and inodes of the volumes and of the images, of which 800 are to be kept free: whether images and workspaces are in the way,
    // and whether it is for inodes.
    [InlineData(700, 5000, null, null, true, true, false)]
    [InlineData(5000, 700, null, null, true, true, true)]
    [InlineData(700, 700, null, null, true, true, false)]
    [InlineData(700, 5000, 5000, 5000, false, true, false)]
    [InlineData(5000, 5000, 700, 5000, true, false, true)]
    [InlineData(899, 5000, null, null, true, true, false)]
    [InlineData(900, 5000, null, null, false, false, true)]
    public void Shortage_TwoFileSystems_EachIsRelievedByWhatIsOnIt(
        long bytes,
        long files,
        int? imageBytes,
        int? imageFiles,
        bool ofImages,
        bool ofVolumes,
        bool byFiles
    )
    {
        var images = imageBytes is { } left ? new FreeSpace(left, imageFiles) : (FreeSpace?)null;
        var shortage = new DiskShortage(new FreeSpace(800, 800), new FreeSpace(bytes, files), images, Pressed: true);

        Assert.Equal((ofImages, ofVolumes, byFiles), (shortage.OfImages, shortage.OfVolumes, shortage.ByFiles));
    }

    [Fact]
    public void IsLow_FileSystemWithoutAFixedNumberOfInodes_IsJudgedByBytes()
    {
        var floor = new FreeSpace(2000 * MiB, 50_000);

        Assert.False(StorageRules.IsLow(new FreeSpace(2000 * MiB, null), floor));
        Assert.False(StorageRules.IsLow(new FreeSpace(2000 * MiB, 50_000), floor));
        Assert.True(StorageRules.IsLow(new FreeSpace((2000 * MiB) - 1, null), floor));
        Assert.True(StorageRules.IsLow(new FreeSpace(2000 * MiB, 49_999), floor));
    }

    private static StorageUsage Usage(long workspace, DirectoryState state = DirectoryState.Whole, long home = 0, long entries = 7) =>
        new(new DirectoryUsage(workspace * MiB, entries, 0, state), [new DirectoryUsage(home * MiB, 0, 0, DirectoryState.Whole)], 0);

    private static Measurement Measured(long workspace, DirectoryState state = DirectoryState.Whole, long home = 0) =>
        new(Usage(workspace, state, home), Free, 0, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(10));
}
