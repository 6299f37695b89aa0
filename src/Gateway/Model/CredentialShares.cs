namespace Stromboli.Gateway.Model;

/// <summary>
/// Shares each credential among the namespaces that use it on this node. A limited number of requests use a credential at once, and one
/// namespace has at most half of these places. When a place becomes free, the namespace that holds the fewest gets it. Safe for concurrent
/// use.
/// </summary>
internal sealed class CredentialShares(int places)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Host, string Credential), Share> _shares = [];

    /// <summary>Waits for a place; dispose what is returned when the answer is over.</summary>
    public async Task<IDisposable> EnterAsync(ModelUpstream upstream, string @namespace, CancellationToken cancellationToken)
    {
        var key = (upstream.Host, upstream.Credential);
        var waiter = new Waiter(this, key, @namespace);
        lock (_lock)
        {
            if (!_shares.TryGetValue(key, out var share))
            {
                _shares[key] = share = new Share();
            }

            share.Waiting.AddLast(waiter);
            Grant(share);
        }

        await using var giveUp = cancellationToken.Register(() => Leave(waiter));
        await waiter.Granted.Task;
        return waiter;
    }

    private void Leave(Waiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Left || !_shares.TryGetValue(waiter.Key, out var share))
            {
                return;
            }

            waiter.Left = true;
            if (!share.Waiting.Remove(waiter))
            {
                share.Held[waiter.Namespace]--;
                share.Total--;
                if (share.Held[waiter.Namespace] == 0)
                {
                    share.Held.Remove(waiter.Namespace);
                }
            }

            waiter.Granted.TrySetCanceled();
            Grant(share);
            if (share.Total == 0 && share.Waiting.Count == 0)
            {
                _shares.Remove(waiter.Key);
            }
        }
    }

    private void Grant(Share share)
    {
        while (share.Total < places && Next(share) is { } next)
        {
            share.Waiting.Remove(next);
            share.Held[next.Namespace] = share.Held.GetValueOrDefault(next.Namespace) + 1;
            share.Total++;
            next.Granted.TrySetResult();
        }
    }

    private Waiter? Next(Share share) =>
        share
            .Waiting.Where(waiter => share.Held.GetValueOrDefault(waiter.Namespace) < Math.Max(1, places / 2))
            .MinBy(waiter => share.Held.GetValueOrDefault(waiter.Namespace));

    private sealed class Share
    {
        public Dictionary<string, int> Held { get; } = [];

        public LinkedList<Waiter> Waiting { get; } = [];

        public int Total { get; set; }
    }

    private sealed class Waiter(CredentialShares shares, (string Host, string Credential) key, string @namespace) : IDisposable
    {
        public (string Host, string Credential) Key => key;

        public string Namespace => @namespace;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Left { get; set; }

        public void Dispose() => shares.Leave(this);
    }
}
