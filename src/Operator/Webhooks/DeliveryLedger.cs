using System.Collections.Frozen;

namespace Stromboli.Operator.Webhooks;

/// <summary>
/// The attempts that have begun and are not stored yet. Each is either under way or has ended; it leaves when its end is stored. In memory
/// only: if the operator dies, the attempt is made again.
/// </summary>
internal sealed class DeliveryLedger
{
    private static readonly IReadOnlySet<DeliveryKey> Nothing = FrozenSet<DeliveryKey>.Empty;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entries> _runs = [];

    /// <summary>Begins an attempt.</summary>
    /// <returns>False if an attempt of this delivery is under way.</returns>
    public bool TryBegin(Delivery delivery)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue(delivery.UID, out var entries))
            {
                _runs[delivery.UID] = entries = new();
            }

            return entries.UnderWay.Add(delivery.Key);
        }
    }

    /// <summary>Ends an attempt.</summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="end">Its end; null if nothing came of it.</param>
    /// <returns>Whether there is an end to store.</returns>
    public bool End(Delivery delivery, DeliveryEnd? end)
    {
        lock (_gate)
        {
            // The run may be gone meanwhile.
            if (!_runs.TryGetValue(delivery.UID, out var entries) || !entries.UnderWay.Remove(delivery.Key))
            {
                return false;
            }

            if (end is not null)
            {
                entries.Ended.Add(end);
            }

            Drop(delivery.UID, entries);
            return end is not null;
        }
    }

    /// <summary>What is known of a run.</summary>
    public (IReadOnlyList<DeliveryEnd> Ended, IReadOnlySet<DeliveryKey> UnderWay) Of(string uid)
    {
        lock (_gate)
        {
            return _runs.TryGetValue(uid, out var entries) ? ([.. entries.Ended], entries.UnderWay.ToFrozenSet()) : ([], Nothing);
        }
    }

    /// <summary>These ends are stored.</summary>
    public void Stored(string uid, IReadOnlyList<DeliveryEnd> ends)
    {
        lock (_gate)
        {
            if (_runs.TryGetValue(uid, out var entries))
            {
                entries.Ended.RemoveAll(ends.Contains);
                Drop(uid, entries);
            }
        }
    }

    /// <summary>The run is gone.</summary>
    public void Forget(string uid)
    {
        lock (_gate)
        {
            _runs.Remove(uid);
        }
    }

    private void Drop(string uid, Entries entries)
    {
        if (entries.UnderWay.Count == 0 && entries.Ended.Count == 0)
        {
            _runs.Remove(uid);
        }
    }

    private sealed class Entries
    {
        public HashSet<DeliveryKey> UnderWay { get; } = [];

        public List<DeliveryEnd> Ended { get; } = [];
    }
}
