using System.Text;
using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

public sealed class StartTests
{
    private const int EnoEnt = 2;
    private const int EAcces = 13;
    private const int ENotDir = 20;
    private const int EInval = 22;
    private const int ERofs = 30;
    private const int EAddrInUse = 98;

    public static TheoryData<string, string> MalformedGo() =>
        new()
        {
            { "unknown field", "a field is not known" },
            { "a key after the last", "a field is not known" },
            { "key 0", "a field is not known" },
            { "no command", "there is no command" },
            { "empty command", "there is no command" },
            { "NUL in argument", "a string contains a NUL" },
            { "entry without =", "an environment entry is not NAME=value" },
            { "entry without name", "an environment entry is not NAME=value" },
            { "no workdir", "there is no working directory" },
            { "relative workdir", "the working directory is not an absolute path" },
            { "two workdirs", "a field that stands once is repeated" },
            { "no lease", "there is no lease" },
            { "lease over", "the lease is over" },
            { "short lease", "a field does not have the form of its key" },
            { "relay path", "a relay's socket name is not [a-z0-9-]+.sock" },
            { "relay parent", "a relay's socket name is not [a-z0-9-]+.sock" },
            { "relay port 0", "a relay's port is 0" },
            { "nine relays", "more than 8 relays" },
            { "too much stdin", "more than 2 MiB for stdin" },
            { "too many arguments", "more than 4096 arguments or environment entries" },
            { "no processes", "there may be no process" },
        };

    [Fact]
    public async Task Go_Pids_BoundTheProcessesOfAgentAndHooks()
    {
        await using var container = await Container.StartAsync();
        const string Limit = "sed -n 's/^Max processes *//p' /proc/self/limits";
        using var bridge = await container.RunAsync(
            Go.Shell($"cat hook; {Limit}").After($"{Limit} > hook") with
            {
                Workdir = "/opt/workspace",
                Extra = [(11, BitConverter.GetBytes(4321L))],
            }
        );
        await bridge.ExpectAsync(FrameType.Exited);
        var (code, log) = await container.EndAsync();
        var words = Encoding.UTF8.GetString(log.Stdout).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["4321", "4321", "processes", "4321", "4321", "processes"], words);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Go_AllFields_ArriveAtTheAgent()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(
            Go.Shell("pwd; stat -c %a .. .; env; cat; echo $0 \"$1\" >&2; exit 3") with
            {
                Argv = ["sh", "-c", "pwd; stat -c %a .. .; env | sort; cat; echo \"$0\" \"$1\" >&2; exit 3", "näme", " two words"],
                Environment = ["PATH=/usr/bin:/bin", "SECRET=a=b\nc"],
                Workdir = "/opt/workspace/new/deep",
                Stdin = ["first "u8.ToArray(), "\0second\n"u8.ToArray()],
            }
        );
        var exited = await bridge.ExpectAsync(FrameType.Exited);
        var (code, log) = await container.EndAsync();

        Assert.Equal(
            "/opt/workspace/new/deep\n755\n755\nPATH=/usr/bin:/bin\nPWD=/opt/workspace/new/deep\nSECRET=a=b\nc\nfirst \0second\n",
            Encoding.UTF8.GetString(log.Stdout)
        );
        Assert.Equal("näme  two words\n", Encoding.UTF8.GetString(log.Stderr));
        Assert.Equal(3, code);
        Assert.Equal(3, exited.Json.GetProperty("code").GetInt32());
        Assert.Equal("agent", exited.Json.GetProperty("by").GetString());
        Assert.Equal(log.Stdout.Length, exited.Json.GetProperty("stdoutBytes").GetInt64());
        Assert.Equal(log.Stderr.Length, exited.Json.GetProperty("stderrBytes").GetInt64());
        Assert.False(exited.Json.GetProperty("truncated").GetBoolean());
        Assert.Equal($$"""{"t":"exited",{{Encoding.UTF8.GetString(exited.Payload)[1..]}}""", log.Lines[^1].Text);
    }

    [Fact]
    public async Task Agent_WhenStarted_HasOnlyWhatItShould()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(
            Go.Shell(
                "cat /proc/self/oom_score_adj; ls -m /proc/$$/fd; ulimit -n; umask; "
                    + "cut -d' ' -f5,6 /proc/$$/stat; echo $$ $$; grep -E '^(Sig(Pnd|Blk|Ign)|NoNewPrivs|Seccomp|CapEff|THP_enabled)' /proc/self/status"
            )
        );
        var (_, log) = await container.EndAsync();
        var lines = Encoding.UTF8.GetString(log.Stdout).Split('\n');

        Assert.Equal("1000", lines[0]);
        Assert.Equal("0, 1, 2", lines[1]);
        Assert.Equal("0022", lines[3]);
        Assert.Equal(lines[5], lines[4]);
        const string zero = "0000000000000000";
        foreach (
            var expected in new[]
            {
                $"SigPnd:\t{zero}",
                $"SigBlk:\t{zero}",
                $"SigIgn:\t{zero}",
                $"CapEff:\t{zero}",
                "NoNewPrivs:\t1",
                "Seccomp:\t2",
                "THP_enabled:\t1",
            }
        )
        {
            Assert.Contains(expected, lines);
        }
        // The shim raises its own limit, for relays.
        Assert.Equal("512", lines[2]);
    }

    [Theory]
    [MemberData(nameof(MalformedGo))]
    public async Task Go_Malformed_IsRefused(string what, string message)
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(Malform(what));
        var failed = await bridge.ExpectAsync(FrameType.Failed);
        var (code, log) = await container.EndAsync();

        Assert.Equal(message, failed.Json.GetProperty("message").GetString());
        Assert.Equal("go", failed.Json.GetProperty("step").GetString());
        Assert.Equal(EInval, failed.Json.GetProperty("errno").GetInt32());
        Assert.Equal("failed", log.Last.GetProperty("t").GetString());
        Assert.Single(log.Lines);
        Assert.Equal(125, code);
    }

    [Fact]
    public async Task Go_CutAtAnyByte_IsRefused()
    {
        var payload = Go.Shell("echo no").ToPayload();
        for (var length = 0; length < payload.Length; length += 7)
        {
            await using var container = await Container.StartAsync();
            using var bridge = await container.ConnectAsync();
            await bridge.SendRawAsync(Connection.Encode(1, payload.AsSpan(0, length)));
            await bridge.ExpectAsync(FrameType.Failed);
            Assert.Equal(125, await container.ExitAsync());
        }
    }

    [Theory]
    [InlineData("/no/such/program", "exec", EnoEnt)]
    [InlineData("no-such-program", "exec", EnoEnt)]
    [InlineData("/etc/passwd", "exec", EAcces)]
    public async Task Go_ProgramThatCannotRun_Failed(string program, string step, int errno)
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(new Go { Argv = [program] });
        await ExpectFailureAsync(container, bridge, step, errno);
    }

    [Theory]
    [InlineData("/usr/new/deep", ERofs)]
    [InlineData("/opt/stromboli/new", EAcces)]
    [InlineData("/etc/passwd", ENotDir)]
    [InlineData("/etc/passwd/below", ENotDir)]
    public async Task Go_WorkdirThatCannotBeMade_Failed(string workdir, int errno)
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(new Go { Workdir = workdir });
        await ExpectFailureAsync(container, bridge, "workdir", errno);
    }

    [Fact]
    public async Task Go_PortThatIsTaken_Failed()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(new Go { Relays = [(8080, "a.sock"), (8080, "b.sock")] });
        await ExpectFailureAsync(container, bridge, "relay", EAddrInUse);
    }

    [Fact]
    public async Task Go_Second_StartsNothingAndReportsTheStateAgain()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("echo one; sleep 60"));
        await bridge.SendGoAsync(Go.Shell("echo two"));
        await bridge.ExpectAsync(FrameType.Started);
        await bridge.SendStopAsync(0);
        await bridge.ExpectAsync(FrameType.Exited);
        var (_, log) = await container.EndAsync();

        Assert.DoesNotContain("two"u8.ToArray(), log.Stdout);
        Assert.Single(log.RecordsOf("started"));
    }

    [Fact]
    public async Task Stdin_LargerThanAPipe_ArrivesWhole()
    {
        var input = new byte[2 * 1024 * 1024];
        new Random(1).NextBytes(input);
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("cat > /opt/workspace/input") with { Stdin = [input[..1000], input[1000..]] });
        await bridge.ExpectAsync(FrameType.Exited);

        Assert.Equal(
            input,
            await File.ReadAllBytesAsync(Path.Combine(container.Workspace, "input"), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task Stdin_NotRead_DelaysNothing()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(
            Go.Shell("exec <&-; echo closed; sleep 0.1; exit 4") with
            {
                Stdin = [new byte[1024 * 1024]],
            }
        );
        await bridge.ExpectAsync(FrameType.Exited);

        Assert.Equal(4, await container.ExitAsync());
    }

    private static Go Malform(string what) =>
        what switch
        {
            "unknown field" => new Go { Extra = [(77, [])] },
            "no processes" => new Go { Extra = [(11, new byte[8])] },
            "a key after the last" => new Go { Extra = [(12, [1])] },
            "key 0" => new Go { Extra = [(0, [])] },
            "no command" => new Go { Argv = [] },
            "empty command" => new Go { Argv = [""] },
            "NUL in argument" => new Go { Argv = ["sh", "a\0b"] },
            "entry without =" => new Go { Environment = ["PATH"] },
            "entry without name" => new Go { Environment = ["=x"] },
            "no workdir" => new Go { Workdir = null },
            "relative workdir" => new Go { Workdir = "tmp" },
            "two workdirs" => new Go { Extra = [(3, "/tmp"u8.ToArray())] },
            "no lease" => new Go { LeaseMs = null },
            "lease over" => new Go { LeaseMs = 0 },
            "short lease" => new Go { LeaseMs = null, Extra = [(8, [1, 2, 3, 4])] },
            "relay path" => new Go { Relays = [(80, "a/b.sock")] },
            "relay parent" => new Go { Relays = [(80, "..sock")] },
            "relay port 0" => new Go { Relays = [(0, "a.sock")] },
            "nine relays" => new Go { Relays = [.. Enumerable.Range(1, 9).Select(i => (i, "a.sock"))] },
            "too much stdin" => new Go { Stdin = [new byte[2 * 1024 * 1024], [1]] },
            "too many arguments" => new Go { Argv = [.. Enumerable.Repeat("x", 4097)] },
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };

    private static async Task ExpectFailureAsync(Container container, Connection bridge, string step, int errno)
    {
        var failed = await bridge.ExpectAsync(FrameType.Failed);
        var (code, log) = await container.EndAsync();
        Assert.Equal(step, failed.Json.GetProperty("step").GetString());
        Assert.Equal(errno, failed.Json.GetProperty("errno").GetInt32());
        Assert.Equal("failed", log.Last.GetProperty("t").GetString());
        Assert.Equal(125, code);
    }
}
