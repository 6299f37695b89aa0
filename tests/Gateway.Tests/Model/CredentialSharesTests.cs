using Stromboli.Gateway.Model;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Tests.Model;

public sealed class CredentialSharesTests
{
    private static readonly ModelUpstream Shared = Origin("sk-shared");

    private readonly CredentialShares _shares = new(4);

    [Fact]
    public async Task Enter_OneNamespace_HasHalfOfThePlaces()
    {
        var first = await EnterAsync("a");
        await EnterAsync("a");
        var third = EnterAsync("a");
        Assert.False(third.IsCompleted);

        first.Dispose();
        await third;
        Assert.False(EnterAsync("a").IsCompleted);
        Assert.True(EnterAsync("b").IsCompleted);
    }

    [Fact]
    public async Task Enter_AllTaken_TheNextIsForWhoHoldsTheFewest()
    {
        IDisposable[] held = [await EnterAsync("a"), await EnterAsync("a"), await EnterAsync("b"), await EnterAsync("b")];
        var (again, other) = (EnterAsync("a"), EnterAsync("c"));

        held[2].Dispose();
        await other;
        Assert.False(again.IsCompleted);
        held[0].Dispose();
        await again;
    }

    [Fact]
    public async Task Enter_Cancelled_LeavesThePlaceToOthers()
    {
        await EnterAsync("a");
        await EnterAsync("a");
        using var stop = new CancellationTokenSource();
        var waiting = _shares.EnterAsync(Shared, "a", stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(EnterAsync("b").IsCompletedSuccessfully);
        Assert.True(EnterAsync("b").IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Enter_AnotherCredential_HasPlacesOfItsOwn()
    {
        await EnterAsync("a");
        await EnterAsync("a");

        Assert.True(_shares.EnterAsync(Origin("sk-own"), "a", CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Leave_Twice_IsOnce()
    {
        var first = await EnterAsync("a");
        first.Dispose();
        first.Dispose();
        await EnterAsync("a");
        await EnterAsync("a");

        Assert.False(EnterAsync("a").IsCompleted);
    }

    private Task<IDisposable> EnterAsync(string @namespace) => _shares.EnterAsync(Shared, @namespace, CancellationToken.None);

    private static ModelUpstream Origin(string secret) =>
        ModelUpstream.Of(
            new ModelCredential
            {
                BaseURL = "https://api.example.com",
                OperatorOrigin = true,
                Kind = CredentialKind.ApiKey,
                Value = secret,
            }
        );
}
