using System.Collections.Concurrent;
using System.Net;
using Stromboli.Kubernetes.Model;
using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Controllers;

public sealed class ControllerTests : ApiServerTest
{
    private static readonly ControllerOptions Options = new()
    {
        Name = "test",
        Workers = 2,
        Resync = TimeSpan.Zero,
        MinBackoff = TimeSpan.FromMilliseconds(1),
    };

    [Fact]
    public async Task Run_BeforeSync_ReconcilesNothing()
    {
        await CreateAsync("a");
        var gate = new TaskCompletionSource();
        Server.Intercept = async (_, r) =>
        {
            if (r.Method == "GET")
            {
                await gate.Task;
            }

            return false;
        };
        var (_, keys) = Start(StartInformer());
        await Eventually.True(() => Server.Requests.Count >= 2);
        Assert.Empty(keys);
        gate.SetResult();

        await Eventually.True(() => keys.Contains(A));
    }

    [Fact]
    public async Task Reconcile_Fails_IsRetriedUntilItSucceeds()
    {
        await CreateAsync("a");
        var calls = 0;
        var controller = Controller
            .For(StartInformer())
            .Build(
                Options,
                (_, _) =>
                    Interlocked.Increment(ref calls) switch
                    {
                        1 => throw new InvalidOperationException("bug"),
                        2 => Task.FromException<ReconcileResult>(new ApiException(HttpStatusCode.Conflict, "Conflict", "c")),
                        3 => Task.FromException<ReconcileResult>(new OperationCanceledException("a timeout of its own")),
                        4 => Task.FromResult(ReconcileResult.Backoff),
                        _ => Task.FromResult(ReconcileResult.Done),
                    }
            );
        Run(controller.RunAsync);

        await Eventually.True(() => Volatile.Read(ref calls) == 5);
    }

    [Fact]
    public async Task Reconcile_AsksForLater_RunsThen()
    {
        await CreateAsync("a");
        var clock = new ManualTimeProvider();
        ConcurrentQueue<DateTimeOffset> times = [];
        var controller = Controller
            .For(StartInformer())
            .Build(
                Options,
                (_, _) =>
                {
                    times.Enqueue(clock.GetUtcNow());
                    return Task.FromResult(times.Count == 1 ? ReconcileResult.After(TimeSpan.FromSeconds(30)) : ReconcileResult.Done);
                },
                clock
            );
        Run(controller.RunAsync);
        await Eventually.True(() => times.Count == 1 && clock.ActiveTimers > 0);
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Single(times);
        clock.Advance(TimeSpan.FromSeconds(1));

        await Eventually.True(() => times.Count == 2);
    }

    [Fact]
    public async Task Reconcile_SlowAndChanged_NeverTwiceAtOnce()
    {
        var created = await CreateAsync("a");
        int running = 0,
            most = 0,
            calls = 0;
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var informer = StartInformer();
        var controller = Controller
            .For(informer)
            .Build(
                Options with
                {
                    Workers = 4,
                },
                async (_, ct) =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref running));
                    await changed.Task.WaitAsync(ct);
                    Interlocked.Decrement(ref running);
                    Interlocked.Increment(ref calls);
                    return ReconcileResult.Done;
                }
            );
        Run(controller.RunAsync);

        for (var i = 0; i < 10; i++)
        {
            created = await Client.ReplaceAsync(Widget.Type, created with { Spec = new() { Node = $"n{i}" } }, cancellationToken: End);
        }

        await Eventually.True(() => informer.Store.Get(A)?.Spec?.Node == "n9" && Volatile.Read(ref running) == 1);
        changed.SetResult();
        await Eventually.True(() => Volatile.Read(ref calls) >= 2 && controller.QueueLength == 0 && Volatile.Read(ref running) == 0);

        // However often the key was added while a worker had it, it is reconciled once more.
        Assert.Equal(1, most);
        Assert.InRange(calls, 2, 11);
    }

    [Fact]
    public async Task Watches_OtherKind_OldAndNewAreMapped()
    {
        await CreateAsync("a", "node-1");
        await CreateAsync("b", "node-2");
        var widgets = StartInformer();
        widgets.Store.AddIndex("node", w => [w.Spec!.Node!]);
        var nodes = new Informer<Node>(Client, BuiltIn.Nodes);
        Run(nodes.RunAsync);
        ConcurrentQueue<NamespacedName> keys = [];
        var controller = Controller
            .For(widgets, _ => false)
            .Watches(nodes, node => widgets.Store.ByIndex("node", node.Metadata.Name!).Select(w => NamespacedName.Of(w)))
            .Build(
                Options,
                (key, _) =>
                {
                    keys.Enqueue(key);
                    return Task.FromResult(ReconcileResult.Done);
                }
            );
        Run(controller.RunAsync);
        await widgets.WaitForSyncAsync(End);

        await Client.CreateAsync(BuiltIn.Nodes, new() { Metadata = new() { Name = "node-2" } }, cancellationToken: End);

        await Eventually.True(() => !keys.IsEmpty);
        Assert.Equal([new("ns", "b")], keys);
    }

    [Fact]
    public async Task When_OnlyStatusChanges_NotReconciled()
    {
        var created = await CreateAsync("a");
        var informer = StartInformer();
        ConcurrentQueue<NamespacedName> keys = [];
        var controller = Controller
            .For(informer, c => c.IsSpecChange)
            .Build(
                Options,
                (key, _) =>
                {
                    keys.Enqueue(key);
                    return Task.FromResult(ReconcileResult.Done);
                }
            );
        Run(controller.RunAsync);
        await Eventually.True(() => keys.Count == 1);

        created = await Client.ReplaceStatusAsync(Widget.Type, created with { Status = new() { Phase = "x" } }, cancellationToken: End);
        await Eventually.True(() => informer.Store.Get(A)?.Status?.Phase == "x");
        Assert.Single(keys);
        await Client.ReplaceAsync(Widget.Type, created with { Spec = new() { Node = "y" } }, cancellationToken: End);
        await Eventually.True(() => informer.Store.Get(A)?.Spec?.Node == "y");

        await Eventually.True(() => keys.Count == 2);
    }

    [Fact]
    public async Task Resync_TimePasses_EveryKeyIsReconciledAgain()
    {
        await CreateAsync("a");
        await CreateAsync("b");
        var clock = new ManualTimeProvider();
        var (_, keys) = Start(StartInformer(), Options with { Resync = TimeSpan.FromMinutes(10) }, clock);
        await Eventually.True(() => keys.Count == 2 && clock.ActiveTimers > 0);
        clock.Advance(TimeSpan.FromMinutes(9.5));

        await Eventually.True(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            return keys.Count == 4;
        });
    }

    [Fact]
    public async Task Run_Cancelled_ReturnsWhenTheLastReconcileHas()
    {
        await CreateAsync("a");
        var started = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        var controller = Controller
            .For(StartInformer())
            .Build(
                Options,
                async (_, _) =>
                {
                    started.SetResult();
                    await finish.Task;
                    return ReconcileResult.Done;
                }
            );
        using var stop = new CancellationTokenSource();
        var running = controller.RunAsync(stop.Token);
        await started.Task;
        await stop.CancelAsync();
        Assert.False(running.IsCompleted);
        finish.SetResult();

        await running;
    }

    private (Controller Controller, ConcurrentQueue<NamespacedName> Keys) Start(
        Informer<Widget> informer,
        ControllerOptions? options = null,
        TimeProvider? clock = null
    )
    {
        ConcurrentQueue<NamespacedName> keys = [];
        var controller = Controller
            .For(informer)
            .Build(
                options ?? Options,
                (key, _) =>
                {
                    keys.Enqueue(key);
                    return Task.FromResult(ReconcileResult.Done);
                },
                clock
            );
        Run(controller.RunAsync);
        return (controller, keys);
    }
}
