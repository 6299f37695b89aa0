using Stromboli.Operator.Webhooks;
using static Stromboli.Operator.Tests.Webhooks.WebhookCases;

namespace Stromboli.Operator.Tests.Webhooks;

public sealed class DeliveryQueueTests
{
    private static readonly WebhookOptions Options = new()
    {
        Concurrency = 6,
        HostConcurrency = 4,
        ReceiverConcurrency = 2,
        ReceiverQueue = 10,
        Queue = 15,
    };

    private readonly DeliveryQueue _queue = new(Options);

    [Fact]
    public void TryTake_OneReceiverThatNeverAnswers_LeavesTheRestToOthers()
    {
        Add(10, "https://slow.example.com/", "team");
        Assert.Equal(2, Take().Count);

        Add(1, "https://quick.example.com/", "team");
        Add(1, "https://slow.example.com/", "other");

        Assert.Equal(["https://quick.example.com/ team", "https://slow.example.com/ other"], Take());
    }

    [Fact]
    public void TryTake_ManyNamespacesOnOneHost_KeepTheLimitsOfHostAndTotal()
    {
        foreach (var ns in "abcdef")
        {
            Add(2, "https://one.example.com/", $"{ns}");
        }

        Assert.Equal(["a", "b", "c", "d"], Take().Select(taken => taken[^1..]));
        Add(3, "https://two.example.com/", "a");
        Assert.Equal(2, Take().Count);
    }

    [Fact]
    public void Done_WithAPause_HoldsBackOnlyThatReceiver()
    {
        Add(3, "https://one.example.com/", "a");
        Add(1, "https://one.example.com/", "b");
        Assert.True(_queue.TryTake(Now, out var first));
        _queue.Done(first, Now.AddMinutes(1));

        Assert.Equal(["https://one.example.com/ b"], Take());
        Assert.Equal(Now.AddMinutes(1), _queue.NextPauseEnd(Now));
        Assert.Equal(2, Take(Now.AddMinutes(1)).Count);
    }

    [Fact]
    public void TryAdd_TooMany_IsRefused()
    {
        Add(10, "https://one.example.com/", "a");
        Assert.False(_queue.TryAdd(DeliveryTo("https://one.example.com/", "a")));
        Add(5, "https://two.example.com/", "a");
        Assert.False(_queue.TryAdd(DeliveryTo("https://three.example.com/", "a")));
    }

    private void Add(int count, string url, string ns)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(_queue.TryAdd(DeliveryTo(url, ns, $"{ns}-{i}")));
        }
    }

    private List<string> Take(DateTimeOffset? now = null)
    {
        List<string> taken = [];
        while (_queue.TryTake(now ?? Now, out var delivery))
        {
            taken.Add($"{delivery.Webhook.Url} {delivery.Run.Namespace}");
        }

        return taken;
    }
}
