using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// Puts changes of what is desired behind the snapshot of a new link. Until the snapshot is sent it keeps the last change of each attempt;
/// a change raised before the snapshot was even asked for is in the snapshot, or in one newer than it, and is forgotten.
/// </summary>
internal sealed class DesiredOutbox
{
    private readonly Lock _lock = new();
    private OrderedDictionary<(string UID, int Attempt), DesiredAttempt>? _waiting = [];

    /// <summary>Keeps the change, if the snapshot is not sent yet.</summary>
    /// <returns>False if the caller is to send it now.</returns>
    public bool Hold(DesiredAttempt attempt)
    {
        lock (_lock)
        {
            if (_waiting is null)
            {
                return false;
            }

            _waiting[(attempt.UID, attempt.Attempt)] = attempt;
            return true;
        }
    }

    /// <summary>Forgets what is kept: the snapshot that is asked for now will say it.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _waiting?.Clear();
        }
    }

    /// <summary>Takes what is kept. When nothing is, changes are sent at once from now on.</summary>
    public IReadOnlyList<DesiredAttempt> Take()
    {
        lock (_lock)
        {
            if (_waiting is not { Count: > 0 })
            {
                _waiting = null;
                return [];
            }

            DesiredAttempt[] taken = [.. _waiting.Values];
            _waiting.Clear();
            return taken;
        }
    }
}
