using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Podman;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.PodmanBridge.Storage;
using Stromboli.Testbed;

namespace Stromboli.PodmanBridge.Tests.Nodes;

public sealed class NodeFactsReaderTests(PodmanFixture podman) : IClassFixture<PodmanFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string Program = Repository.At("src", "Shim", "build", "stromboli-measurer");

    [PodmanFact]
    public async Task Read_RealPodman_HasNoProblem()
    {
        var facts = await new NodeFactsReader(
            podman.Client,
            Options(podman.Real.Socket),
            new CliVersionReader(TimeProvider.System),
            Storage(Program),
            Disk()
        ).ReadAsync(None);
        Assert.Null(facts.Problem);
        Assert.True(facts.Rootless);
        Assert.NotNull(facts.PodmanVersion);
        Assert.True(facts.MemoryBytes > 0);
        Assert.Equal(File.Exists(Program), facts.EnforcedLimits.Contains("ephemeralStorage"));
        Assert.Null(facts.DiskPressure);
    }

    [Fact]
    public async Task Read_NoSocket_SaysSo()
    {
        using var client = new PodmanClient("/nonexistent/podman.sock", TimeProvider.System);
        var facts = await new NodeFactsReader(
            client,
            Options("/nonexistent/podman.sock"),
            new CliVersionReader(TimeProvider.System),
            Storage(Program),
            Disk()
        ).ReadAsync(None);
        Assert.Equal(
            "Podman does not answer on /nonexistent/podman.sock: there is no such socket. Start it with `systemctl --user enable --now podman.socket` as the bridge's user, or name another socket with --podman-socket.",
            facts.Problem
        );
        Assert.Equal("0.1.0", facts.BridgeVersion);
    }

    [PodmanTheory]
    [InlineData("/bin/false")]
    [InlineData("/nonexistent/measurer")]
    [InlineData("/bin/echo")]
    public async Task Read_DiskUseCannotBeMeasured_IsNoLimitThatHolds(string program)
    {
        var reader = new NodeFactsReader(
            podman.Client,
            Options(podman.Real.Socket),
            new CliVersionReader(TimeProvider.System),
            Storage(program),
            Disk()
        );
        Assert.DoesNotContain("ephemeralStorage", (await reader.ReadAsync(None)).EnforcedLimits);
    }

    [PodmanFact]
    public async Task Read_DiskIsShort_SaysSo()
    {
        var disk = Disk();
        disk.Update(new FreeSpace(0, 0));
        var facts = await new NodeFactsReader(
            podman.Client,
            Options(podman.Real.Socket),
            new CliVersionReader(TimeProvider.System),
            Storage("/bin/false"),
            disk
        ).ReadAsync(None);
        Assert.Equal(disk.Sentence, facts.DiskPressure);
    }

    [Fact]
    public async Task ReadCli_ProgramReplaced_IsAskedAgain()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("stromboli-test-").FullName, "claude");
        var reader = new CliVersionReader(TimeProvider.System);
        Assert.Null(await reader.ReadAsync(path, None));
        Write(path, "echo '2.1.7 (Claude Code)'; echo x >> " + path + ".asked");
        Assert.Equal("2.1.7", await reader.ReadAsync(path, None));
        Assert.Equal("2.1.7", await reader.ReadAsync(path, None));
        Assert.Single(await File.ReadAllLinesAsync(path + ".asked"));
        Write(path, "echo '2.1.10 (Claude Code)'");
        Assert.Equal("2.1.10", await reader.ReadAsync(path, None));
        Write(path, "echo oops >&2; exit 1");
        Assert.Null(await reader.ReadAsync(path, None));
    }

    private static void Write(string path, string text)
    {
        File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static StorageProbe Storage(string program) =>
        new(new Measurer(program, TimeProvider.System), NullLogger<StorageProbe>.Instance);

    private static DiskPressure Disk() => new(new FreeSpace(1 << 20, 100));

    private static NodeFactsOptions Options(string socket) =>
        new()
        {
            BridgeVersion = "0.1.0",
            PodmanSocket = socket,
            MaxRuns = 8,
            AllowsUnenforcedLimits = true,
        };
}
