using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>
/// What was last sent of each attempt. A node without a link, or with a new one, gets it all in its snapshot, so that nothing is sent twice
/// on one link.
/// </summary>
internal sealed class SentStates
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<(int Attempt, string Node), DesiredState>> _byUID = [];

    /// <summary>Notes that this is about to be sent.</summary>
    /// <returns>Whether it differs from what was sent last.</returns>
    public bool Note(string uid, WantedAttempt wanted)
    {
        lock (_gate)
        {
            if (!_byUID.TryGetValue(uid, out var states))
            {
                _byUID[uid] = states = [];
            }

            var key = (wanted.Attempt, wanted.Node);
            if (states.TryGetValue(key, out var known) && known == wanted.State)
            {
                return false;
            }

            states[key] = wanted.State;
            return true;
        }
    }

    /// <summary>What was last sent of the attempt, or null.</summary>
    public DesiredState? Find(string uid, int attempt, string node)
    {
        lock (_gate)
        {
            return _byUID.TryGetValue(uid, out var states) && states.TryGetValue((attempt, node), out var state) ? state : null;
        }
    }

    /// <summary>The attempts of the run of which something was sent.</summary>
    public IReadOnlyList<WantedAttempt> All(string uid)
    {
        lock (_gate)
        {
            return _byUID.TryGetValue(uid, out var states)
                ? [.. states.Select(s => new WantedAttempt(s.Key.Node, s.Key.Attempt, s.Value))]
                : [];
        }
    }

    /// <summary>Nothing of the run is on any node any more.</summary>
    public void Forget(string uid)
    {
        lock (_gate)
        {
            _byUID.Remove(uid);
        }
    }
}
