using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Hub;

/// <summary>
/// Holds changes back until the snapshot of a new link is sent, and keeps the last change of each attempt. A change from before the
/// snapshot was requested is dropped, because the snapshot contains it or a newer one.
/// </summary>
internal sealed class DesiredOutbox
{
    private readonly Lock _lock = new();
    private OrderedDictionary<(string UID, int Attempt), DesiredAttempt>? _waiting = [];

    /// <summary>Holds the change, if the snapshot is not sent yet.</summary>
    /// <returns>False if the caller must send the change now.</returns>
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

    /// <summary>Drops the held changes. The snapshot that is requested now contains them.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _waiting?.Clear();
        }
    }

    /// <summary>Takes the held changes. Once there are none, changes are no longer held.</summary>
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
