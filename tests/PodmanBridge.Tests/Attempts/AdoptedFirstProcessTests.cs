using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Gateway.Tests.Harness;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Models;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Tests.Containers;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Attempts;

/// <summary>A restarted bridge checks the first process of a container that it finds. This test is that process.</summary>
public sealed class AdoptedFirstProcessTests : IAsyncLifetime
{
    private static readonly AttemptKey Key = new("9b2d7c1e-0000-4000-8000-000000000001", 1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly string _root = Directory.CreateTempSubdirectory("first").FullName;
    private readonly FakeEngine _engine = new();
    private readonly List<IDisposable> _open = [];
    private GatewayHarness _harness = null!;
    private AttemptDirectory _directory = null!;
    private NodeHarness? _node;

    private string Container { get; } = ContainerNames.Of(NodeHarness.Installation, Key.UID, Key.Attempt).Container;

    private string RunDirectory => Path.Combine(_root, "runs", Key.ToString());

    private string ShimPath => Path.Combine(_root, "shim");

    private string StateRoot => Path.Combine(_root, "state");

    public async ValueTask InitializeAsync()
    {
        _harness = await GatewayHarness.StartAsync();
        Directory.CreateDirectory(RunDirectory);
        await File.WriteAllTextAsync(ShimPath, "the shim");
        _directory = AttemptDirectory.Create(StateRoot, Key);
        _engine.Add(Container);
        _engine.State = new ContainerState { Running = true, Pid = Environment.ProcessId };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _open)
        {
            socket.Dispose();
        }

        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        await _harness.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData("waiting", false)]
    [InlineData("waiting", true)]
    [InlineData("hooks", false)]
    [InlineData("hooks", true)]
    [InlineData("running", false)]
    [InlineData("running", true)]
    [InlineData("exited", false)]
    [InlineData("exited", true)]
    public async Task AnotherProgramThanTheShim_WhateverItClaims_IsKilledAndNeverAdmitted(string state, bool released)
    {
        Adopt(released, FirstProcess.Problem);
        var model = AskModelAsync();

        await CallAsync(state);

        await AssertDeniedAsync("its first process is not the shim");
        Assert.Equal(0, await model.WaitAsync(Deadline));
        Assert.False(File.Exists(_harness.ModelLog) && (await _harness.ModelLogAsync()).Count > 0);
    }

    [Theory]
    [InlineData("hooks")]
    [InlineData("running")]
    [InlineData("exited")]
    [InlineData("something")]
    public async Task Shim_ThatClaimsToHaveBeenLetGoAndWasNot_IsKilledAndNeverAdmitted(string state)
    {
        Adopt(released: false, Honest);
        var model = AskModelAsync();

        await CallAsync(state);

        await AssertDeniedAsync("its first process claims");
        Assert.Equal(0, await model.WaitAsync(Deadline));
        Assert.False(File.Exists(_harness.ModelLog) && (await _harness.ModelLogAsync()).Count > 0);
    }

    [Fact]
    public async Task Shim_ThatWaitsAndThenClaimsToRunUnreleased_IsKilled()
    {
        Adopt(released: false, Honest);
        var first = await CallAsync("waiting", thenEnds: false, go: false);
        await Eventually.True(() => Only()?.Stage == AttemptStage.Held);
        first.Dispose();

        await CallAsync("running", go: false);

        await AssertDeniedAsync("its first process claims to be running");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Shim_ThatWaits_IsHeld(bool released)
    {
        Adopt(released, Honest);

        await CallAsync("waiting", thenEnds: false, go: false);

        await Eventually.True(() => Only()?.Stage == AttemptStage.Held);
    }

    [Theory]
    [InlineData("hooks", AttemptStage.Hooks)]
    [InlineData("running", AttemptStage.Running)]
    public async Task Shim_ThatWasLetGo_GoesOnAndIsAdmitted(string state, AttemptStage stage)
    {
        Adopt(released: true, Honest);
        var model = AskModelAsync();

        await CallAsync(state, thenEnds: false);

        await Eventually.True(() => Only()?.Stage == stage);
        Assert.Equal(200, await model.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Shim_ThatWasLetGoAndHasEnded_EndsByItsLog()
    {
        Write("""r{"t":"started","pid":2}""", "odone", """r{"t":"exited","code":0,"by":"agent"}""");
        Adopt(released: true, Honest);

        await CallAsync("exited");

        Assert.Equal(RunReason.Completed, (await EndAsync()).Reason);
    }

    // An upgrade may have replaced the files that the container was made with, so the record counts.
    [Fact]
    public async Task Shim_ThatWasReplacedSince_IsStillTheOneOnRecord()
    {
        var old = FileIdentity.Of(ShimPath);
        FileIdentity? asked = null;
        Adopt(released: true, (_, shim) => (asked = shim) == old ? null : "another", replaced: true);

        await CallAsync("running", thenEnds: false);

        await Eventually.True(() => Only()?.Stage == AttemptStage.Running);
        Assert.NotEqual(FileIdentity.Of(ShimPath), asked);
    }

    [Theory]
    [InlineData("waiting")]
    [InlineData("running")]
    public async Task Shim_WhoseMountsAreOthersThanOnRecord_IsKilled(string state)
    {
        Adopt(released: true, Honest);

        await CallAsync(state, mounts: $$"""[{"path":"/run/stromboli","dev":1,"ino":1},{{MountOf(MountPoints.Shim, ShimPath)}}]""");

        await AssertDeniedAsync("what is mounted at /run/stromboli is not what the bridge opened");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ContainerThatHasEnded_ByALogOfItsOwnMaking_IsBelievedOnlyIfItWasLetGo(bool released)
    {
        Write("""r{"t":"started","pid":2}""", "odone", """r{"t":"exited","code":0,"by":"agent"}""");
        _engine.State = new ContainerState { Running = false, StartedAt = TimeProvider.System.GetUtcNow() };

        Adopt(released, Honest);

        var end = await EndAsync();
        Assert.Equal(released ? RunReason.Completed : RunReason.PolicyDenied, end.Reason);
        Assert.Equal(released ? "done\n" : null, end.Result?.Text);
    }

    [Fact]
    public async Task ContainerThatDiesUnreleased_WhileItsLogClaimsAnEnd_IsDenied()
    {
        Write("""r{"t":"exited","code":0,"by":"agent"}""");
        Adopt(released: false, Honest);
        await Eventually.True(() => File.Exists(Path.Combine(RunDirectory, ShimSocket.FileName)));

        _node!.Attempts.OnContainerDied(Key, Container);

        Assert.Equal(RunReason.PolicyDenied, (await EndAsync()).Reason);
    }

    private static string? Honest(int pid, FileIdentity shim) => null;

    private void Adopt(bool released, Func<int, FileIdentity, string?> check, bool replaced = false)
    {
        _directory.Write(
            new AttemptRecord
            {
                UID = Key.UID,
                Attempt = Key.Attempt,
                Spec = SpecBuilder.Attempt(),
                UserID = 20_001,
                BootID = "this boot",
                Deadline = TimeProvider.System.GetTimestamp() + (600 * TimeProvider.System.TimestampFrequency),
                Released = released,
                Mounts = [Mount(MountPoints.RunDirectory, RunDirectory), Mount(MountPoints.Shim, ShimPath)],
            }
        );
        if (replaced)
        {
            File.WriteAllText(ShimPath + ".new", "another shim");
            File.Move(ShimPath, ShimPath + ".old");
            File.Move(ShimPath + ".new", ShimPath);
        }

        _node = new NodeHarness(
            _root,
            _engine,
            TimeProvider.System,
            new NodeHarnessOptions { Gateway = _harness.Gateway, CheckFirstProcess = check }
        );
        _node.Lease.Extend(TimeProvider.System.GetTimestamp(), TimeSpan.FromMinutes(5));
        _node.Attempts.Adopt();
    }

    private async Task<Socket> CallAsync(string state, bool thenEnds = true, bool go = true, string? mounts = null)
    {
        if (go)
        {
            _node!.Attempts.Apply(Desired());
        }

        var socket = await ConnectAsync(ShimSocket.FileName);
        _open.Add(socket);
        var shim = File.Exists(ShimPath + ".old") ? ShimPath + ".old" : ShimPath;
        mounts ??= $"[{MountOf(MountPoints.RunDirectory, RunDirectory)},{MountOf(MountPoints.Shim, shim)}]";
        byte[] said =
        [
            .. Frame(1, $$"""{"version":1,"state":"{{state}}","mounts":{{mounts}}}"""),
            .. thenEnds ? Frame(2, """{"pid":2}""") : [],
            .. thenEnds ? Frame(3, """{"code":0,"by":"agent"}""") : [],
        ];
        try
        {
            await socket.SendAsync(said);
        }
        catch (SocketException)
        {
            // The connection was refused before the bridge read from it.
        }

        return socket;
    }

    private async Task<Socket> ConnectAsync(string name)
    {
        Socket? connected = null;
        await Eventually.TrueAsync(async () =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(RunDirectory, name)));
                connected = socket;
                return true;
            }
            catch (SocketException) when (Only()?.Stage != AttemptStage.Ended)
            {
                socket.Dispose();
                return false;
            }
        });
        return connected!;
    }

    // The HTTP status; 0 if there was no answer.
    private async Task<int> AskModelAsync()
    {
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, _) => new NetworkStream(await ConnectAsync(AttemptStart.ModelSocket), ownsSocket: true),
            }
        );
        try
        {
            using var answer = await client.PostAsync(
                new Uri("http://127.0.0.1/v1/messages"),
                GatewayHarness.Prompt("@say hello", stream: false)
            );
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private async Task AssertDeniedAsync(string problem)
    {
        var end = await EndAsync();
        Assert.Equal(RunReason.PolicyDenied, end.Reason);
        Assert.StartsWith("The container is not the one that the bridge created: " + problem, end.Message);
        Assert.DoesNotContain(Container, _engine.Names);
        Assert.Null(Only()!.StartedAgoMs);
    }

    private async Task<AttemptEnd> EndAsync()
    {
        await Eventually.True(() => Only()?.Stage == AttemptStage.Ended);
        return Only()!.End!;
    }

    private AttemptObservation? Only() => _node!.Attempts.Observe().SingleOrDefault();

    private DesiredAttempt Desired() =>
        new()
        {
            UID = Key.UID,
            Attempt = Key.Attempt,
            State = DesiredState.Go,
            Spec = SpecBuilder.Attempt(),
            Secrets = new AttemptSecrets { Prompt = "", Credential = _harness.Credential() },
        };

    private void Write(params string[] lines) =>
        File.WriteAllText(
            _directory.LogPath,
            string.Concat(lines.Select(line => $"2026-01-02T03:04:05.000000006+00:00 stdout F {line}\n"))
        );

    private static ShimMount Mount(string inside, string outside)
    {
        var identity = FileIdentity.Of(outside);
        return new ShimMount(inside, identity.Dev, identity.Ino);
    }

    private static string MountOf(string inside, string outside) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"path":"{{inside}}","dev":{{Mount(inside, outside).Dev}},"ino":{{Mount(inside, outside).Ino}}}"""
        );

    private static byte[] Frame(byte type, string json)
    {
        var payload = Encoding.UTF8.GetBytes(json);
        return [.. BitConverter.GetBytes(payload.Length), type, .. payload];
    }
}
