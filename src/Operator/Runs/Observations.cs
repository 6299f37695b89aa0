using System.Collections.Concurrent;

namespace Stromboli.Operator.Runs;

/// <summary>
/// The latest that was observed of each run's attempt: one for a run, kept until its end is stored. Who puts something in has checked that
/// it is on record.
/// </summary>
internal sealed class Observations
{
    private readonly ConcurrentDictionary<string, ObservedAttempt> _byUID = new();

    /// <summary>What is known, or null.</summary>
    public ObservedAttempt? Find(string uid) => _byUID.GetValueOrDefault(uid);

    /// <summary>Takes an observation, unless it says less than what is known.</summary>
    public void Take(string uid, ObservedAttempt observed) =>
        _byUID.AddOrUpdate(uid, observed, (_, known) => observed.Replaces(known) ? observed : known);

    /// <summary>The run's end is stored, or it is gone.</summary>
    public void Forget(string uid) => _byUID.TryRemove(uid, out _);

    /// <summary>
    /// The end of this attempt is stored. What is known of a later one stays: it may have come while the record was being written.
    /// </summary>
    public void Forget(string uid, int attempt)
    {
        if (_byUID.TryGetValue(uid, out var known) && known.Attempt <= attempt)
        {
            _byUID.TryRemove(new KeyValuePair<string, ObservedAttempt>(uid, known));
        }
    }
}
