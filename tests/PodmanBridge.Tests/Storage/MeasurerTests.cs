using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Storage;
using Stromboli.PodmanBridge.Tests.Containers;
using Stromboli.Testbed;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Storage;

/// <summary>The real measurer on the volumes of a real container, whose program has done its worst.</summary>
public sealed class MeasurerTests(PodmanFixture podman) : IClassFixture<PodmanFixture>
{
    private const long MiB = 1024 * 1024;
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly ContainerFixture _containers = new(podman);

    public static TheoryData<string, string, double, double, long> Trees =>
        new()
        {
            { "empty", ":", 0, 0, 0 },
            { "file", "head -c 3145728 /dev/urandom > f", 3, 3.1, 1 },
            { "sparse file", "truncate -s 100G f", 0, 0.1, 1 },
            { "one file of many names", "head -c 3145728 /dev/urandom > f; for i in $(seq 99); do ln f $i; done", 3, 3.1, 100 },
            { "links to elsewhere", "ln -s / a; ln -s /opt/stromboli b; ln -s ../../../../../../../.. c; ln -s . d", 0, 0.1, 4 },
            { "many empty files", "perl -e 'open my $f, \">\", $_ for 1..10000'", 4.8, 6, 10000 },
            { "many directories", "perl -e 'mkdir $_ for 1..3000'", 1.4, 15, 3000 },
            { "locked", "mkdir -p a/b; head -c 3145728 /dev/urandom > a/b/f; chmod 000 a/b/f a/b a .", 3, 3.1, 3 },
            {
                "deep",
                "perl -e 'for (1..1500) { mkdir \"d\"; chdir \"d\" } open my $f, \">\", \"f\"; print $f \"x\" x 3145728'",
                3,
                10,
                1501
            },
            {
                "no files",
                "mkfifo fifo; perl -MSocket -e 'socket my $s, AF_UNIX, SOCK_STREAM, 0; bind $s, sockaddr_un(\"socket\")'",
                0,
                0.1,
                2
            },
            {
                "names of any bytes",
                "perl -e 'open my $f, \">\", $_ for \"a\\nb\", \"\\xff\\xfe\", \" (deleted)\", \"-rf\", \"x\" x 255'",
                0,
                0.1,
                5
            },
        };

    [PodmanTheory]
    [MemberData(nameof(Trees))]
    public async Task MeasureAsync_Tree_IsWhatItTakesOfTheDisk(string what, string script, double least, double most, long entries)
    {
        var usage = await MeasureAsync(await StartAsync(script));

        Assert.Equal(DirectoryState.Whole, usage.State);
        Assert.True(usage.Workspace.Entries == entries, $"{what}: {usage.Workspace}");
        Assert.InRange(usage.Workspace.Bytes / (double)MiB, least, most);
        Assert.Equal(0, usage.Workspace.DeletedBytes);
        Assert.Equal(new DirectoryUsage(0, 0, 0, DirectoryState.Whole), Assert.Single(usage.Others));
    }

    [PodmanTheory]
    [InlineData("exec 3>f; rm f; head -c 3145728 /dev/urandom >&3")]
    [InlineData("exec 3>f 4>f 5>f; rm f; head -c 3145728 /dev/urandom >&3; sleep 100 &")]
    [InlineData(
        "perl -e 'open my $f, \"+>\", \"f\"; print $f \"x\" x 3145728; $f->flush; syscall(`uname -m` =~ /x86/ ? 9 : 222, 0, 3145728, 3, 1, fileno $f, 0); close $f; unlink \"f\"; open $f, \">\", \"/tmp/ready\"; sleep 100' & until [ -e /tmp/ready ]; do sleep 0.1; done"
    )]
    public async Task MeasureAsync_DeletedFilesThatAreHeld_CountOnce(string script)
    {
        var usage = await MeasureAsync(await StartAsync(script));

        Assert.Equal(0, usage.Workspace.Entries);
        Assert.InRange(usage.Workspace.DeletedBytes, 3 * MiB, (3 * MiB) + 8192);
    }

    [PodmanFact]
    public async Task MeasureAsync_TreeDeeperThanAnyPath_SaysSo()
    {
        var usage = await MeasureAsync(
            await StartAsync("perl -e 'for (1..3000) { mkdir \"d\"; chdir \"d\" }'; head -c 3145728 /dev/urandom > beside")
        );

        Assert.Equal(DirectoryState.Deep, usage.Workspace.State);
        Assert.True(usage.Workspace.Bytes > 3 * MiB);
    }

    [PodmanFact]
    public async Task MeasureAsync_Enough_LeavesOff()
    {
        var usage = await MeasureAsync(await StartAsync("perl -e 'open my $f, \">\", $_ for 1..10000'"), enough: MiB);

        Assert.Equal(DirectoryState.Over, usage.Workspace.State);
        Assert.InRange(usage.Workspace.Bytes, MiB, MiB + 4096);
    }

    [PodmanFact]
    public async Task MeasureAsync_NoTime_SaysHowFarItCame()
    {
        var tenant = await StartAsync("perl -e 'open my $f, \">\", $_ for 1..10000'");

        var usage = await Measurer().MeasureAsync(tenant, TimeSpan.Zero, null, None);

        Assert.Equal(DirectoryState.Late, usage.Workspace.State);
        Assert.InRange(usage.Workspace.Entries, 1, 9999);
    }

    [PodmanFact]
    public async Task MeasureAsync_DirectoriesMovedMeanwhile_LeadsNowhereElse()
    {
        var tenant = await StartAsync(
            """
            mkdir -p x/a/b/c y; for i in $(seq 200); do echo > x/a/b/c/$i; done
            (while :; do mv x/a y/a; ln -s / x/a; rm x/a; mv y/a x/a; done) 2> /dev/null &
            """
        );

        for (var i = 0; i < 100; i++)
        {
            var usage = await MeasureAsync(tenant);
            Assert.Equal(DirectoryState.Whole, usage.State);
            Assert.InRange(usage.Workspace.Entries, 2, 500);
        }
    }

    [PodmanFact]
    public async Task MeasureAsync_NoSuchContainer_Throws()
    {
        var tenant = await StartAsync(":") with { Pid = int.MaxValue };

        var error = await Assert.ThrowsAsync<IOException>(() => MeasureAsync(tenant));

        Assert.Contains("ns/user", error.Message);
    }

    private static Measurer Measurer()
    {
        var program = Repository.At("src", "native", "build", "stromboli-measurer");
        Assert.SkipUnless(File.Exists(program), "no stromboli-measurer: run make -C src/native");
        return new Measurer(program, TimeProvider.System);
    }

    private static Task<StorageUsage> MeasureAsync(StorageTenant tenant, long? enough = null) =>
        Measurer().MeasureAsync(tenant, Timeout, enough, None);

    private async Task<StorageTenant> StartAsync(string script)
    {
        var spec = await _containers.SpecAsync(PodmanFixture.Agent, _containers.Script($"cd /workspace\n{script}\necho done\nsleep 300"));
        await _containers.CreateAsync(spec);
        await podman.Client.Containers.StartAsync(spec.Name, None);
        await Eventually.True(() =>
            File.Exists(spec.Log.Path) && File.ReadAllText(spec.Log.Path).Contains("done", StringComparison.Ordinal)
        );
        var started = (await podman.Client.Containers.InspectAsync(spec.Name, None))!;
        return new StorageTenant
        {
            Key = new AttemptKey("9b2d7c1e-0000-4000-8000-000000000001", 1),
            Namespace = "team",
            Pid = started.State!.Pid,
            Volumes =
            [
                .. started
                    .Mounts!.Where(mount => mount.Type == "volume")
                    .OrderByDescending(mount => mount.Destination == "/workspace")
                    .Select(mount => new RunVolume(podman.Real.Node?.OutsideOf(mount.Source!) ?? mount.Source!, mount.Destination!)),
            ],
            Workspace = "/workspace",
            LogPath = spec.Log.Path,
            Limits = new StorageLimits(null, null),
            End = _ => { },
        };
    }
}
