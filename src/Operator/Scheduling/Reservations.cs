using System.Collections.Concurrent;

namespace Stromboli.Operator.Scheduling;

/// <summary>
/// What placements hold of nodes until their records are in the store. Room is never given twice, however far the informer lags. At most
/// one reservation for each run.
/// </summary>
internal sealed class Reservations
{
    private readonly ConcurrentDictionary<string, Allocation> _byUID = new();

    /// <summary>A copy of all reservations.</summary>
    public ICollection<Allocation> All => _byUID.Values;

    /// <summary>The run's reservation, or null.</summary>
    public Allocation? Find(string uid) => _byUID.GetValueOrDefault(uid);

    /// <summary>Reserves, and replaces the run's earlier reservation.</summary>
    public void Take(Allocation allocation) => _byUID[allocation.UID] = allocation;

    /// <summary>Releases the run's reservation.</summary>
    /// <returns>Whether the run had one.</returns>
    public bool Release(string uid) => _byUID.TryRemove(uid, out _);

    /// <summary>The reservations and the recorded allocations, each attempt once.</summary>
    public IReadOnlyCollection<Allocation> With(IEnumerable<Allocation> recorded)
    {
        // Few attempts are reserved and many are on record, so the few are looked up.
        var reserved = _byUID.ToDictionary();
        List<Allocation> all = [];
        foreach (var allocation in recorded)
        {
            all.Add(allocation);
            if (reserved.TryGetValue(allocation.UID, out var same) && same.Attempt == allocation.Attempt)
            {
                reserved.Remove(allocation.UID);
            }
        }

        all.AddRange(reserved.Values);
        return all;
    }
}
