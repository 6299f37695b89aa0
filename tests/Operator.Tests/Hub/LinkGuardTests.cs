using System.Buffers.Text;
using System.Text;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Tests.Authorization;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Hub;

public sealed class LinkGuardTests
{
    [Fact]
    public async Task Review_GrantRemoved_ClosesTheLink()
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
    public async Task Review_ApiServerAway_KeepsTheLinkAndReviewsAgain()
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
    public async Task Token_Expires_ClosesTheLinkEvenIfTheApiServerIsAway()
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
    public async Task Token_OfAPlainHost_IsRenewedBeforeItExpiresAndTheLinkStays()
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
        // Reading the message takes time of its own, in which the clock moves on. So look at the log instead.
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
        var times = life is { } span ? new TokenLifetime(clock.GetUtcNow(), clock.GetUtcNow() + span) : default;
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
        var hub = await HubUnderTest.StartAsync(fakes, clock, s => s with { ReviewInterval = TimeSpan.FromMinutes(3) });
        var bridge = await (await hub.ConnectAsync()).InSyncAsync();
        await Eventually.True(() => hub.Registry.Find("node-1") is { Connected: true });
        return (hub, clock, bridge);
    }

    // From now on the clock must stand still, and before it must move in small steps, because sending the refusal takes time of its own.
    private static bool IsRefused(HubUnderTest hub) => hub.Logs.Lines.Any(l => l.Contains("Refused the link", StringComparison.Ordinal));

    // In steps, because each timer wakes code on another thread, which sets the next timer.
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
