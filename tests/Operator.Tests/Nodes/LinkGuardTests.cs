using System.Buffers.Text;
using System.Text;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Nodes;

public sealed class LinkGuardTests
{
    [Fact]
    public async Task Review_GrantTakenAway_ClosesTheLink()
    {
        var (hub, clock, bridge) = await StartAsync();
        await using var _ = hub;
        await using var __ = bridge;
        hub.Fakes.Authorize = (_, _) => throw new LinkRefusedException(RefusalReason.Forbidden, "no longer");
        var ending = bridge.EndAsync();
        await PassAsync(clock, () => IsRefused(hub), TimeSpan.FromMilliseconds(500));

        Assert.Equal((RefusalReason.Forbidden, "no longer"), await ending is { } refused ? (refused.Reason, refused.Message) : default);
    }

    [Fact]
    public async Task Review_ApiServerAway_KeepsTheLinkAndAsksAgain()
    {
        var (hub, clock, bridge) = await StartAsync();
        await using var _ = hub;
        await using var __ = bridge;
        hub.Fakes.Authorize = (_, _) => throw new ApiException(null, "NoAnswer", "away");
        for (var i = 2; i <= 4; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(181));
            await Eventually.True(() => hub.Fakes.Authorizations == i);
        }

        bridge.Send(new Ping { PingID = 1 });
        await bridge.ReceiveAsync<LeaseGrant>();
    }

    [Fact]
    public async Task Token_Ends_ClosesTheLinkAlsoWithTheApiServerAway()
    {
        var (hub, clock, bridge) = await StartAsync(life: TimeSpan.FromMinutes(1));
        await using var _ = hub;
        await using var __ = bridge;
        hub.Fakes.Authorize = (_, _) => throw new ApiException(null, "NoAnswer", "away");
        var ending = bridge.EndAsync();
        await PassAsync(clock, () => IsRefused(hub), TimeSpan.FromMilliseconds(500));

        Assert.Equal(RefusalReason.Unauthenticated, (await ending)?.Reason);
    }

    [Fact]
    public async Task Token_OfAPlainHost_IsRenewedWellBeforeItsEndAndTheLinkStays()
    {
        var (hub, clock, bridge) = await StartAsync(life: TimeSpan.FromHours(1), renewable: true);
        await using var _ = hub;
        await using var __ = bridge;
        var began = clock.GetUtcNow();
        var next = "";
        var renewed = began;
        hub.Fakes.Renew = _ => next = TokenOf(renewed = clock.GetUtcNow(), TimeSpan.FromHours(1));
        hub.Fakes.Authorize = (node, token) =>
            token == TestTokens.Of() || token == next
                ? new LinkIdentity { Node = node, User = "bridge" }
                : throw new LinkRefusedException(RefusalReason.Unauthenticated, "unknown");
        var issued = bridge.ReceiveAsync<TokenIssued>();
        await PassAsync(clock, () => issued.IsCompleted);

        Assert.Equal(next, (await issued).Token);
        // Not when it arrived: that takes a time of its own, in which the clock is moved on.
        Assert.InRange((renewed - began).TotalMinutes, 40, 55);
        await PassAsync(clock, () => clock.GetUtcNow() - began > TimeSpan.FromMinutes(70));
        bridge.Send(new Ping { PingID = 1 });
        await bridge.ReceiveAsync<LeaseGrant>();
        Assert.DoesNotContain(hub.Logs.Lines, l => l.Contains(next, StringComparison.Ordinal));
    }

    private static async Task<(HubUnderTest Hub, ManualTimeProvider Clock, TestBridge Bridge)> StartAsync(
        TimeSpan? life = null,
        bool renewable = false
    )
    {
        var clock = new ManualTimeProvider();
        var times = life is { } span ? new TokenTimes(clock.GetUtcNow(), clock.GetUtcNow() + span) : default;
        var fakes = new HubFakes
        {
            Authorize = (node, _) =>
                new LinkIdentity
                {
                    Node = node,
                    User = "bridge",
                    Token = times,
                    Renewable = renewable,
                },
        };
        var hub = await HubUnderTest.StartAsync(fakes, clock, s => s with { AuthorizeAgainAfter = TimeSpan.FromMinutes(3) });
        var bridge = await (await hub.ConnectAsync()).InStepAsync();
        await Eventually.True(() => hub.Registry.Find("node-1") is { Connected: true });
        return (hub, clock, bridge);
    }

    // From there on the clock must stand, and before must go in small steps: sending the refusal has its own time.
    private static bool IsRefused(HubUnderTest hub) => hub.Logs.Lines.Any(l => l.Contains("is refused", StringComparison.Ordinal));

    // In steps, since what a timer wakes runs elsewhere and sets the next one.
    private static Task PassAsync(ManualTimeProvider clock, Func<bool> until, TimeSpan? step = null) =>
        Eventually.True(() =>
        {
            clock.Advance(step ?? TimeSpan.FromSeconds(20));
            return until();
        });

    private static string TokenOf(DateTimeOffset begin, TimeSpan life)
    {
        var claims = $$"""{"iat":{{begin.ToUnixTimeSeconds()}},"exp":{{(begin + life).ToUnixTimeSeconds()}}}""";
        return $"{Base64Url.EncodeToString("{}"u8)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.sig";
    }
}
