using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Controllers;

public sealed class WorkQueueTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly WorkQueue<string> _queue;

    public WorkQueueTests() => _queue = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), _clock);

    private static CancellationToken End => TestContext.Current.CancellationToken;

    public void Dispose() => _queue.Dispose();

    [Fact]
    public void Add_Twice_Once()
    {
        _queue.Add("a");
        _queue.Add("a");

        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public async Task Take_SeveralKeys_FirstInFirstOut()
    {
        _queue.Add("a");
        _queue.Add("b");

        Assert.Equal("a", await _queue.TakeAsync(End));
        Assert.Equal("b", await _queue.TakeAsync(End));
    }

    [Fact]
    public async Task Take_ManyKeysOfOneGroup_OtherGroupsTakeTurns()
    {
        using var queue = new WorkQueue<string>(groupOf: static key => key[..1]);
        foreach (var key in new[] { "a1", "a2", "a3", "a4", "b1", "b2", "c1" })
        {
            queue.Add(key);
        }

        var taken = new List<string>();
        while (queue.Count > 0)
        {
            taken.Add(await queue.TakeAsync(End));
        }

        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "a3", "a4"], taken);
    }

    [Fact]
    public async Task Add_WhileWorkedOn_WaitsAgainOnlyAfterDone()
    {
        _queue.Add("a");
        await _queue.TakeAsync(End);
        _queue.Add("a");
        _queue.Add("a");

        var second = _queue.TakeAsync(End);
        Assert.False(second.IsCompleted);
        _queue.Done("a");

        Assert.Equal("a", await second);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task Take_Cancelled_KeyGoesToTheNext()
    {
        using var cancel = new CancellationTokenSource();
        var first = _queue.TakeAsync(cancel.Token);
        var second = _queue.TakeAsync(End);
        await cancel.CancelAsync();
        _queue.Add("a");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("a", await second);
    }

    [Fact]
    public void AddAfter_Delay_KeyIsTakenThen()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal(0, _queue.Count);
        _clock.Advance(TimeSpan.FromSeconds(0.001));

        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public async Task AddAfter_SeveralDelays_TheEarliestCountsOnce()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(10));
        _queue.AddAfter("a", TimeSpan.FromSeconds(3));
        _queue.AddAfter("a", TimeSpan.FromSeconds(5));
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1, _queue.Count);
        _queue.Done(await _queue.TakeAsync(End));
        _clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void AddAfter_MovedForwardAgainAndAgain_HeapStaysBounded()
    {
        for (var i = 10_000; i > 0; i--)
        {
            _queue.AddAfter("a", TimeSpan.FromSeconds(i));
        }

        Assert.InRange(_queue.DelayedEntries, 1, 100);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void AddWithBackoff_Repeated_DoublesUpToTheMaximum()
    {
        var waits = Enumerable.Range(0, 9).Select(_ => _queue.AddWithBackoff("a").TotalSeconds).ToList();

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], waits);
        _queue.Forget("a");
        Assert.Equal(1, _queue.AddWithBackoff("a").TotalSeconds);
        Assert.Equal(1, _queue.Failures("a"));
    }

    [Fact]
    public void AddWithBackoff_AtLeast_WaitsThatLong() =>
        Assert.Equal(TimeSpan.FromSeconds(30), _queue.AddWithBackoff("a", TimeSpan.FromSeconds(30)));

    [Fact]
    public async Task ManyWorkers_ManyAdds_NoKeyTwiceAtOnceAndNoneLost()
    {
        var working = new int[10];
        var seen = new int[10];
        var overlaps = 0;
        using var stop = new CancellationTokenSource();
        using var queue = new WorkQueue<int>();
        var wanted = new int[10];
        var workers = Enumerable
            .Range(0, 8)
            .Select(_ =>
                Task.Run(async () =>
                {
                    while (true)
                    {
                        int key;
                        try
                        {
                            key = await queue.TakeAsync(stop.Token);
                        }
                        catch (OperationCanceledException)
                        {
                            return;
                        }

                        if (Interlocked.Increment(ref working[key]) > 1)
                        {
                            Interlocked.Increment(ref overlaps);
                        }

                        Volatile.Write(ref seen[key], Volatile.Read(ref wanted[key]));
                        await Task.Yield();
                        Interlocked.Decrement(ref working[key]);
                        queue.Done(key);
                    }
                })
            )
            .ToList();
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        for (var i = 0; i < 20_000; i++)
                        {
                            Interlocked.Increment(ref wanted[i % 10]);
                            queue.Add(i % 10);
                        }
                    })
                )
        );

        await Eventually.True(() => Enumerable.Range(0, 10).All(i => Volatile.Read(ref seen[i]) == 8000));
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        Assert.Equal(0, overlaps);
    }
}
