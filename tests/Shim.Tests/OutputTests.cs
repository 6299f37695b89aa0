using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

public sealed class OutputTests
{
    private const int MiB = 1024 * 1024;
    private const int LineLength = 64;

    [Fact]
    public async Task Bytes_OfAnyKind_PassUnchanged()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(
            Go.Shell("""printf '\000\n\n\n\377\376x\303\n\r\n\033[0mo\nlast'; printf 'e\000\n\200' >&2""")
        );
        var (_, log) = await container.EndAsync();

        Assert.Equal((byte[])[0, 10, 10, 10, 0xff, 0xfe, (byte)'x', 0xc3, 10, 13, 10, 27, .. "[0mo\nlast"u8], log.Stdout);
        Assert.Equal((byte[])[(byte)'e', 0, 10, 0x80], log.Stderr);
        Assert.Equal("last", log.Lines.Last(l => l.Kind is 'o' or 'O').Text);
        Assert.Equal('O', log.Lines.Last(l => l.Kind is 'o' or 'O').Kind);
    }

    // Lengths around a block of 64 bytes and the 8 bytes of its length, and the long vector of FIPS 180-4.
    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(55, null)]
    [InlineData(56, null)]
    [InlineData(63, null)]
    [InlineData(64, null)]
    [InlineData(65, null)]
    [InlineData(119, null)]
    [InlineData(120, null)]
    [InlineData(1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")]
    public async Task Digest_OfStdout_CoversAllBytes(int length, string? vector)
    {
        await using var container = await Container.StartAsync();
        // In two pieces, with output on the other stream between them.
        using var bridge = await container.RunAsync(
            Go.Shell(
                $"head -c {length / 3} /dev/zero | tr '\\0' a; echo not it >&2; sleep 0.02; head -c {length - (length / 3)} /dev/zero | tr '\\0' a"
            ) with
            {
                LogBytes = 65536,
            }
        );
        var exited = await bridge.ExpectAsync(FrameType.Exited);
        var (_, log) = await container.EndAsync();

        var all = new byte[length];
        Array.Fill(all, (byte)'a');
        var digest = Convert.ToHexStringLower(SHA256.HashData(all));
        Assert.Equal(vector ?? digest, digest);
        Assert.Equal(digest, exited.Json.GetProperty("stdoutSha256").GetString());
        Assert.Equal(digest, log.Last.GetProperty("stdoutSha256").GetString());
        Assert.Equal(length, log.Last.GetProperty("stdoutBytes").GetInt64());
    }

    [Fact]
    public async Task Line_OfTenMebibytes_IsWhole()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("long-line", $"{10 * MiB}"));
        var (_, log) = await container.EndAsync();

        Assert.Equal(10 * MiB + 1, log.Stdout.Length);
        Assert.Single(log.Lines, l => l.Kind == 'o');
        Assert.DoesNotContain(log.Stdout.AsSpan(0, 10 * MiB).ToArray().Select((b, i) => b == 'a' + (i % 65536) % 26), same => !same);
        Assert.Empty(log.RecordsOf("truncated"));
    }

    [Fact]
    public async Task Streams_Interleaved_AreToldApart()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("both-streams", "10000"));
        var (_, log) = await container.EndAsync();

        Assert.Equal(Lines(i => i % 2 == 0), Encoding.UTF8.GetString(log.Stdout));
        Assert.Equal(Lines(i => i % 2 == 1), Encoding.UTF8.GetString(log.Stderr));

        static string Lines(Func<int, bool> which) => string.Concat(Enumerable.Range(0, 10000).Where(which).Select(i => $"line {i}\n"));
    }

    [Fact]
    public async Task Flood_OfAGibibyte_KeepsHeadAndTailInFlatMemory()
    {
        const long total = 1024L * MiB;
        const int logBytes = 4 * MiB;
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(
            Go.Shell($"/opt/stromboli/attacker flood {total}; until test -e /opt/workspace/go; do sleep 0.02; done") with
            {
                LogBytes = logBytes,
            }
        );
        await Deadline.UntilAsync(() => container.Processes().Count == 3 - 1 && Sleeping(container), "the flood's end");
        var peak = StatusKiB(container.Pid, "VmHWM");
        await File.WriteAllTextAsync(Path.Combine(container.Workspace, "go"), "", TestContext.Current.CancellationToken);
        var exited = await bridge.ExpectAsync(FrameType.Exited);
        var (_, log) = await container.EndAsync();

        Assert.True(exited.Json.GetProperty("truncated").GetBoolean());
        Assert.Equal(total, exited.Json.GetProperty("stdoutBytes").GetInt64());
        var truncated = Assert.Single(log.RecordsOf("truncated"));
        Assert.Equal("stdout", truncated.GetProperty("stream").GetString());
        var omitted = truncated.GetProperty("omitted").GetInt64();
        const int head = logBytes - MiB - 64 * 1024;
        Assert.Equal(total, omitted + log.Stdout.Length);
        Assert.Equal(head + MiB, log.Stdout.Length);
        AssertNumbered(log.Stdout.AsSpan(0, head), 0);
        AssertNumbered(log.Stdout.AsSpan(head), (total - MiB) / LineLength);
        TestContext.Current.TestOutputHelper?.WriteLine($"peak resident memory during the flood: {peak} KiB");
        Assert.InRange(peak, 0, 4096);
    }

    [Fact]
    public async Task Tail_OfStderr_IsKeptToo()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(
            Go.Shell("/opt/stromboli/attacker flood 3145728 >&2; echo result; echo problem >&2") with
            {
                LogBytes = 2 * MiB,
            }
        );
        var (_, log) = await container.EndAsync();

        var truncated = Assert.Single(log.RecordsOf("truncated"));
        Assert.Equal("stderr", truncated.GetProperty("stream").GetString());
        Assert.Equal(3 * MiB + 8 - log.Stderr.Length, truncated.GetProperty("omitted").GetInt64());
        Assert.Equal("result\n", Encoding.UTF8.GetString(log.Stdout));
        Assert.EndsWith(".\nproblem\n", Encoding.UTF8.GetString(log.Stderr), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(5000)]
    public async Task LogBytes_Small_StillLimitTheLogAndKeepItsEnd(int logBytes)
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("flood", "65536") with { LogBytes = logBytes });
        var (_, log) = await container.EndAsync();

        Assert.InRange(log.Stdout.Length, 0, logBytes);
        Assert.Equal(65536 - log.Stdout.Length, Assert.Single(log.RecordsOf("truncated")).GetProperty("omitted").GetInt64());
        if (logBytes >= 100)
        {
            Assert.EndsWith("1023.\n", Encoding.UTF8.GetString(log.Stdout), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task EmptyLines_ManyOfThem_CountWithTheirCostInTheLog()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("yes '' | head -c 8388608") with { LogBytes = 4 * MiB });
        var (_, log) = await container.EndAsync();

        var head = log.Lines.TakeWhile(l => l.Kind != 'r' || l.Text.Contains("started", StringComparison.Ordinal)).Count() - 1;
        Assert.InRange(head, 1, (4 * MiB - MiB - 64 * 1024) / 32 + 1);
        Assert.InRange(log.Lines.Count(l => l.Kind == 'o') - head, 1, MiB / 32);
        Assert.Equal(8388608 - log.Stdout.Length, Assert.Single(log.RecordsOf("truncated")).GetProperty("omitted").GetInt64());
    }

    [Fact]
    public async Task Stdout_WithoutReader_BlocksTheAgentButNotTheShim()
    {
        await using var container = await Container.StartAsync(readLog: false);
        using var bridge = await container.RunAsync(Go.Attack("flood", $"{64 * MiB}"));
        await Deadline.UntilAsync(() => Sleeping(container), "the agent held up");
        Assert.InRange(StatusKiB(container.Pid, "VmRSS"), 0, 3072);
        // A second Go is answered, a Stop is obeyed.
        await bridge.SendGoAsync(new Go());
        await bridge.ExpectAsync(FrameType.Started);
        await bridge.SendStopAsync(50);
        await Deadline.UntilAsync(() => container.Processes().Count == 1, "nobody but the shim");
        var (_, log) = await container.EndAsync();

        Assert.Equal("stop", log.Last.GetProperty("by").GetString());
        Assert.Equal(log.Stdout.Length, log.Last.GetProperty("stdoutBytes").GetInt64());
        AssertNumbered(log.Stdout.AsSpan(0, log.Stdout.Length / LineLength * LineLength), 0);
    }

    [Theory]
    [InlineData("sleep 60")]
    [InlineData("exec /opt/stromboli/attacker flood 1000000000")]
    public async Task Stdout_AfterItsReaderClosed_EndsEverything(string agent)
    {
        await using var container = await Container.StartAsync(readLog: false);
        using var bridge = await container.RunAsync(Go.Shell(agent));
        var watch = Stopwatch.StartNew();
        container.CloseLog();
        var exited = await bridge.ExpectAsync(FrameType.Exited);
        await container.ExitAsync();

        Assert.Equal("stop", exited.Json.GetProperty("by").GetString());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private static void AssertNumbered(ReadOnlySpan<byte> lines, long first)
    {
        Assert.Equal(0, lines.Length % LineLength);
        for (var at = 0; at < lines.Length; at += LineLength)
        {
            var number = long.Parse(lines.Slice(at, LineLength - 2), CultureInfo.InvariantCulture);
            Assert.True(number == first + at / LineLength, $"line {number} stands where {first + at / LineLength} should");
        }
    }

    // Every process except the shim is blocked.
    private static bool Sleeping(Container container) => container.Processes().Where(p => p != container.Pid).All(p => State(p) == 'S');

    private static char State(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1][0];
        }
        catch (IOException)
        {
            return 'X';
        }
    }

    private static long StatusKiB(int pid, string field) =>
        long.Parse(
            File.ReadAllLines($"/proc/{pid}/status")
                .Single(l => l.StartsWith(field + ":", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture
        );
}
