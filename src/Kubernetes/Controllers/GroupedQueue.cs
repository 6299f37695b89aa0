using System.Diagnostics.CodeAnalysis;

namespace Stromboli.Kubernetes;

/// <summary>
/// A queue that serves groups in turn: first in, first out within a group, one item of each group at a time. A group with a thousand items
/// delays the first item of another group by one. Not safe for use by several threads.
/// </summary>
internal sealed class GroupedQueue<T>(Func<T, string> groupOf)
{
    private readonly Dictionary<string, Queue<T>> _groups = [];
    private readonly Queue<string> _turns = [];

    /// <summary>How many items wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an item behind those of its group. A group that was empty takes its turn after all others.</summary>
    public void Enqueue(T item)
    {
        var name = groupOf(item);
        if (!_groups.TryGetValue(name, out var group))
        {
            _groups[name] = group = [];
            _turns.Enqueue(name);
        }

        group.Enqueue(item);
        Count++;
    }

    /// <summary>Takes the first item of the group whose turn it is; false if none waits.</summary>
    public bool TryDequeue([MaybeNullWhen(false)] out T item)
    {
        if (!_turns.TryDequeue(out var name))
        {
            item = default;
            return false;
        }

        var group = _groups[name];
        item = group.Dequeue();
        Count--;
        if (group.Count > 0)
        {
            _turns.Enqueue(name);
        }
        else
        {
            _groups.Remove(name);
        }

        return true;
    }
}
