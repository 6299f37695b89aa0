using Stromboli.Bench.Figures;
using Stromboli.Kubernetes;
using Stromboli.Testbed.Requests;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.Idle;

/// <summary>The cost of an idle operator and an idle node: memory, and writes to the API.</summary>
internal sealed class IdleBench(Stack stack, ApiServers servers, KubeClient client)
{
    /// <summary>The time after the last run until its node's status has settled.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);

    /// <summary>Measures. No run may be under way.</summary>
    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Settled, cancellationToken);
        var before = await servers.ReadAsync(cancellationToken);
        var renewals = await RenewalsAsync(cancellationToken);
        var writes = ApiServers.Between(before, await servers.ReadAsync(cancellationToken)).Where(pair => pair.Key.IsWrite).ToList();
        foreach (var (write, count) in writes)
        {
            Console.WriteLine($"idle, and yet written: {write} {count} times");
        }

        return
        [
            .. ResidentMemory.Of(stack),
            new("api-writes-idle-60s", writes.Sum(pair => pair.Value), "writes") { Aim = 0 },
            new("lease-renewals-idle-60s", renewals, "writes"),
        ];
    }

    // The operator's own Lease: the only object that it writes when nothing happens.
    private async Task<int> RenewalsAsync(CancellationToken cancellationToken)
    {
        var renewals = 0;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(Idle);
        var options = new WatchOptions { Namespace = OperatorProcess.Namespace };
        try
        {
            await foreach (var change in client.WatchAsync(BuiltIn.Leases, options, over.Token))
            {
                renewals += change is { Type: WatchEventType.Modified, Object: not null } ? 1 : 0;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The minute is over.
        }

        return renewals;
    }
}
