using System.Collections.Concurrent;
using Stromboli.Operator.Decisions;

namespace Stromboli.Operator.Runs;

/// <summary>
/// The last report of each run, kept until the end of the attempt is stored. The caller checks that the attempt is on record.
/// </summary>
internal sealed class Observations
{
    private readonly ConcurrentDictionary<string, ObservedAttempt> _byUID = new();

    /// <summary>The last report, or null.</summary>
    public ObservedAttempt? Find(string uid) => _byUID.GetValueOrDefault(uid);

    /// <summary>Takes a report, unless the known one is further.</summary>
    public void Take(string uid, ObservedAttempt observed) =>
        _byUID.AddOrUpdate(uid, observed, (_, known) => observed.Replaces(known) ? observed : known);

    /// <summary>The end of the run is stored, or the run is gone.</summary>
    public void Forget(string uid) => _byUID.TryRemove(uid, out _);

    /// <summary>
    /// The end of this attempt is stored. A report of a later attempt is kept, because it may have come while the record was being written.
    /// </summary>
    public void Forget(string uid, int attempt)
    {
        if (_byUID.TryGetValue(uid, out var known) && known.Attempt <= attempt)
        {
            _byUID.TryRemove(new KeyValuePair<string, ObservedAttempt>(uid, known));
        }
    }
}
