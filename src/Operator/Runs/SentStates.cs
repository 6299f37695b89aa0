using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;

namespace Stromboli.Operator.Runs;

/// <summary>
/// The state of each attempt that was sent last. A snapshot contains all attempts of a node, so nothing is sent twice on one link.
/// </summary>
internal sealed class SentStates
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<(int Attempt, string Node), DesiredState>> _byUID = [];

    /// <summary>Notes a state that is about to be sent.</summary>
    /// <returns>Whether it differs from what was sent last.</returns>
    public bool Note(string uid, DesiredAttemptState desired)
    {
        lock (_gate)
        {
            if (!_byUID.TryGetValue(uid, out var states))
            {
                _byUID[uid] = states = [];
            }

            var key = (desired.Attempt, desired.Node);
            if (states.TryGetValue(key, out var known) && known == desired.State)
            {
                return false;
            }

            states[key] = desired.State;
            return true;
        }
    }

    /// <summary>The state of the attempt that was sent last, or null.</summary>
    public DesiredState? Find(string uid, int attempt, string node)
    {
        lock (_gate)
        {
            return _byUID.TryGetValue(uid, out var states) && states.TryGetValue((attempt, node), out var state) ? state : null;
        }
    }

    /// <summary>The last sent states of the run's attempts.</summary>
    public IReadOnlyList<DesiredAttemptState> All(string uid)
    {
        lock (_gate)
        {
            return _byUID.TryGetValue(uid, out var states)
                ? [.. states.Select(s => new DesiredAttemptState(s.Key.Node, s.Key.Attempt, s.Value))]
                : [];
        }
    }

    /// <summary>No node has anything of the run any more.</summary>
    public void Forget(string uid)
    {
        lock (_gate)
        {
            _byUID.Remove(uid);
        }
    }
}
