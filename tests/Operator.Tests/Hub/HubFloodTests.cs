using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Tests.Authorization;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Hub;

/// <summary>A stranger reaches the hub's port and connects again and again.</summary>
public sealed class HubFloodTests
{
    [Fact]
    public async Task Dial_InvalidTokens_AreRefusedWithoutAReview()
    {
        await using var hub = await HubUnderTest.StartAsync();

        foreach (var token in new[] { "x", "e30.e30.x", TestTokens.OfClaims("""{"aud":["other"]}"""), TestTokens.Of("\"exp\":1000") })
        {
            Assert.Equal(RefusalReason.Unauthenticated, (await RefusedAsync(hub, token)).Reason);
        }

        Assert.Equal(0, hub.Fakes.Authorizations);
    }

    [Fact]
    public async Task Dial_RefusedTokenAgain_IsReviewedOnlyAfterAWhile()
    {
        var time = new ManualTimeProvider();
        await using var hub = await HubUnderTest.StartAsync(clock: time);
        hub.Fakes.Authorize = (_, _) => throw new LinkRefusedException(RefusalReason.Forbidden, "not yet");
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal((RefusalReason.Forbidden, "not yet"), await RefusedAsync(hub, TestTokens.Of()));
        }

        Assert.Equal(1, hub.Fakes.Authorizations);

        hub.Fakes.Authorize = (node, _) => new LinkIdentity { Node = node, User = "bridge" };
        time.Advance(LinkGate.RefusalLasts);

        await using var bridge = await (await hub.ConnectAsync()).InSyncAsync();
    }

    [Fact]
    public async Task Dial_FloodOfForgedTokens_CostsFewReviewsAndKeepsNoKnownNodeAway()
    {
        var time = new ManualTimeProvider();
        var fakes = new HubFakes
        {
            Authorize = (node, token) =>
                token == TestTokens.Of()
                    ? new LinkIdentity { Node = node, User = "bridge" }
                    : throw new LinkRefusedException(RefusalReason.Unauthenticated, "forged"),
        };
        await using var hub = await HubUnderTest.StartAsync(fakes, time);
        await (await (await hub.ConnectAsync()).InSyncAsync()).DisposeAsync();

        for (var i = 0; i < 2 * LinkGate.RefusalsAtOnce; i++)
        {
            Assert.Equal(
                i < LinkGate.RefusalsAtOnce ? RefusalReason.Unauthenticated : RefusalReason.NotLeader,
                (await RefusedAsync(hub, TestTokens.Of($"\"jti\":{i}"))).Reason
            );
        }

        Assert.Equal(1 + LinkGate.RefusalsAtOnce, fakes.Authorizations);
        Assert.Equal(LinkGate.RefusalsAtOnce, hub.Logs.Lines.Count(l => l.Contains("Refused a bridge at", StringComparison.Ordinal)));
        await using (await (await hub.ConnectAsync()).InSyncAsync())
        {
            // The known node connects, from the same address as the flood.
        }

        time.Advance(3 * LinkGate.RefusalEvery);
        Assert.Equal(RefusalReason.Unauthenticated, (await RefusedAsync(hub, TestTokens.Of("\"jti\":-1"))).Reason);
    }

    private static async Task<(RefusalReason Reason, string Message)> RefusedAsync(HubUnderTest hub, string token)
    {
        var refused = await Assert.ThrowsAsync<NodeLinkRefusedException>(() => hub.DialAsync(token: token));
        return (refused.Reason, refused.Message);
    }
}
