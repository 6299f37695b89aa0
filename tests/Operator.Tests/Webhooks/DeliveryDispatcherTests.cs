using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Operator.Webhooks;
using Stromboli.Testing;
using static Stromboli.Operator.Tests.Webhooks.WebhookCases;

namespace Stromboli.Operator.Tests.Webhooks;

public sealed class DeliveryDispatcherTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryAdd_AHangingReceiver_DelaysNoOther()
    {
        var sender = new HangingSender();
        var ledger = new DeliveryLedger();
        var dispatcher = new DeliveryDispatcher(sender, ledger, new(), TimeProvider.System, NullLogger<DeliveryDispatcher>.Instance);
        ConcurrentQueue<Delivery> ended = [];
        dispatcher.Ended += ended.Enqueue;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var running = dispatcher.RunAsync(stop.Token);

        for (var i = 0; i < 100; i++)
        {
            Assert.True(dispatcher.TryAdd(DeliveryTo("https://hangs.example.com/", "team", $"slow-{i}")));
        }

        for (var i = 0; i < 50; i++)
        {
            Assert.True(dispatcher.TryAdd(DeliveryTo("https://quick.example.com/", "team", $"quick-{i}")));
        }

        await Eventually.True(() => ended.Count == 50);
        Assert.All(ended, delivery => Assert.StartsWith("quick-", delivery.UID, StringComparison.Ordinal));
        Assert.All(ended, delivery => Assert.Single(ledger.Of(delivery.UID).Ended));
        // The same delivery is not made twice at one time.
        Assert.True(dispatcher.TryAdd(DeliveryTo("https://hangs.example.com/", "team", "slow-0")));
        Assert.Equal(new WebhookOptions().ReceiverConcurrency, sender.Hanging);

        await stop.CancelAsync();
        await running;
        // What was under way has no end, so the next leader makes it again.
        Assert.Empty(ledger.Of("slow-0").Ended);
    }

    [Fact]
    public void Forget_ARunThatIsGone_DropsItsAttempt()
    {
        var ledger = new DeliveryLedger();
        Assert.True(ledger.TryBegin(DeliveryTo()));
        Assert.False(ledger.TryBegin(DeliveryTo()));

        ledger.Forget(Uid);

        Assert.False(ledger.End(DeliveryTo(), new DeliveryEnd(DeliveryTo(), Now, DeliveryResult.Failure("no"))));
        Assert.Empty(ledger.Of(Uid).Ended);
    }

    private sealed class HangingSender : IWebhookSender
    {
        private int _hanging;

        public int Hanging => Volatile.Read(ref _hanging);

        public async Task<DeliveryResult?> SendAsync(Delivery delivery, CancellationToken cancellationToken)
        {
            if (delivery.Host.StartsWith("hangs", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _hanging);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return new() { Outcome = DeliveryOutcome.Delivered, StatusCode = 200 };
        }
    }
}
