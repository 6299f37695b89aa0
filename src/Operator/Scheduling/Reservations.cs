using System.Collections.Concurrent;

namespace Stromboli.Operator.Scheduling;

/// <summary>
/// What placements hold of nodes until their record is seen in the store: so that capacity is never given twice, however far the informer
/// lags. At most one for a run.
/// </summary>
internal sealed class Reservations
{
    private readonly ConcurrentDictionary<string, Allocation> _byUID = new();

    /// <summary>All of them, as a copy.</summary>
    public ICollection<Allocation> All => _byUID.Values;

    /// <summary>The run's reservation, or null.</summary>
    public Allocation? Find(string uid) => _byUID.GetValueOrDefault(uid);

    /// <summary>Reserves; replaces what the run had.</summary>
    public void Take(Allocation allocation) => _byUID[allocation.UID] = allocation;

    /// <summary>Gives back what the run had.</summary>
    /// <returns>Whether it had something.</returns>
    public bool Release(string uid) => _byUID.TryRemove(uid, out _);

    /// <summary>These and what is on record, each attempt once.</summary>
    public IReadOnlyCollection<Allocation> With(IEnumerable<Allocation> recorded)
    {
        // Few are reserved and many on record: what is looked up is the few.
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
