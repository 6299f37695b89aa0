using Stromboli.Podman.Models;
using Stromboli.Podman.Tests.Engines;
using Stromboli.Testing;

namespace Stromboli.Podman.Tests;

/// <summary>An engine that goes away during a call delays the call and nothing else.</summary>
public sealed class EngineOutageTests : IAsyncDisposable
{
    private static readonly SpecGenerator Spec = Specs.Script("new", "0a1b", "true");
    private static readonly Dictionary<string, string> Labels = new() { ["a"] = "b" };

    // Each call that is made from an attempt's record to its agent's start, with what it gives and what the engine has then.
    private static readonly Dictionary<string, Func<PodmanClient, CancellationToken, Task<string>>> Calls = new()
    {
        ["GET info"] = async (client, token) => (await client.System.InfoAsync(token)).Host!.Architecture!,
        ["GET images/registry.test/busybox%3A1/json"] = async (client, token) =>
            (await client.Images.InspectAsync("registry.test/busybox:1", token))!.ID,
        ["GET images/json"] = async (client, token) => (await client.Images.ListAsync(token)).Single().ID,
        ["POST images/pull"] = (client, token) => client.Images.PullAsync("registry.test/busybox:1", "always", null, null, token),
        ["POST volumes/create"] = async (client, token) =>
        {
            await client.Volumes.CreateAsync("home", Labels, 10_000, token);
            return "";
        },
        ["GET volumes/home/json"] = async (client, token) => (await client.Volumes.InspectAsync("home", token))?.Name ?? "none",
        ["POST containers/create"] = (client, token) => client.Containers.CreateAsync(Spec, token),
        ["GET containers/made/json"] = async (client, token) => (await client.Containers.InspectAsync("made", token))!.ID,
        ["POST containers/made/start"] = async (client, token) =>
        {
            await client.Containers.StartAsync("made", token);
            return "";
        },
        ["DELETE containers/made"] = async (client, token) =>
        {
            await client.Containers.RemoveAsync("made", token);
            return "";
        },
        ["GET secrets/token/json"] = async (client, token) => (await client.Secrets.InspectAsync("token", token))!.Value!,
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("stromboli-test-").FullName;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private readonly FakeLibpod _engine;
    private readonly PodmanClient _client;

    public EngineOutageTests()
    {
        var socket = Path.Combine(_directory, "podman.sock");
        _engine = new FakeLibpod(socket);
        _engine.Add("made", started: false);
        _client = new PodmanClient(socket, TimeProvider.System);
    }

    public static TheoryData<string, Outage> Table
    {
        get
        {
            var table = new TheoryData<string, Outage>();
            foreach (var call in Calls.Keys)
            {
                foreach (var how in Enum.GetValues<Outage>())
                {
                    table.Add(call, how);
                }
            }

            return table;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _engine.DisposeAsync();
        _deadline.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Call_EngineGoesAwayInIt_GoesOnWhenItIsBack(string call, Outage how)
    {
        // Known to the client as a connection that is open.
        await _client.Containers.InspectAsync("made", _deadline.Token);
        var wanted = how == Outage.Refused ? null : call;
        if (wanted is not null)
        {
            _engine.Break(wanted, how);
        }
        else
        {
            await _engine.StopAsync();
        }

        var answer = Calls[call](_client, _deadline.Token);
        if (how == Outage.Refused)
        {
            await Eventually.True(() => answer.IsCompleted || _client.Engine.IsAway);
            Assert.False(answer.IsCompleted);
            _engine.Start();
        }

        var text = await answer;
        Assert.Contains(text, new[] { "", "amd64", "0a1b", "none", "c0ffee", "x" });
        if (call == "POST containers/create")
        {
            Assert.False(_engine.Containers[Spec.Name]);
        }

        if (call == "POST containers/made/start")
        {
            Assert.True(_engine.Containers["made"]);
        }
    }

    [Fact]
    public async Task Create_TornAndTheNameIsThatOfAContainerThatRan_IsRefusedAndItStays()
    {
        _engine.Add(Spec.Name, started: true);
        _engine.Break("POST containers/create", Outage.TornAfter);

        var error = await Assert.ThrowsAsync<PodmanException>(() => _client.Containers.CreateAsync(Spec, _deadline.Token));

        Assert.True(error.IsConflict);
        Assert.True(_engine.Containers[Spec.Name]);
    }

    [Fact]
    public async Task Call_EngineStaysAway_EndsWithItsCaller()
    {
        await _engine.StopAsync();
        using var caller = new CancellationTokenSource();
        Task[] calls =
        [
            _client.Containers.CreateAsync(Spec, caller.Token),
            _client.Images.InspectAsync("x", caller.Token),
            _client.Containers.KillAsync("made", "SIGKILL", caller.Token),
        ];
        await Eventually.True(() => _client.Engine.IsAway);

        await caller.CancelAsync();

        foreach (var call in calls)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }
    }

    [Fact]
    public async Task Call_ThatCannotBeGivenUp_FailsAtOnceAndSaysWhy()
    {
        await _engine.StopAsync();

        var error = await Assert.ThrowsAsync<PodmanException>(() => _client.Images.InspectAsync("x", CancellationToken.None));

        Assert.Equal((true, "there is no such socket"), (error.IsUnreachable, error.PodmanMessage));
        Assert.True((await Assert.ThrowsAsync<PodmanException>(() => _client.System.InfoAtOnceAsync(_deadline.Token))).IsUnreachable);
    }

    [Fact]
    public async Task Kill_TornInTheMiddle_IsNotSentTwice()
    {
        _engine.Break("POST containers/made/kill", Outage.TornAfter);

        Assert.True(
            (await Assert.ThrowsAsync<PodmanException>(() => _client.Containers.KillAsync("made", "SIGTERM", _deadline.Token))).IsUnanswered
        );

        Assert.Single(_engine.Calls, "POST containers/made/kill");
    }

    [Fact]
    public async Task Engine_ComesBack_TellsOnceForAllThatWait()
    {
        var told = 0;
        _client.Engine.Changed += () => Interlocked.Increment(ref told);
        await _engine.StopAsync();
        var calls = Enumerable.Range(0, 20).Select(_ => _client.Images.InspectAsync("x", _deadline.Token)).ToArray();
        await Eventually.True(() => _client.Engine.IsAway);

        _engine.Start();
        await Task.WhenAll(calls);

        await Eventually.True(() => told > 0);
        Assert.Equal(1, _client.Engine.Returns);
    }
}
