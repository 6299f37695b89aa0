namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Hands out the user numbers that own workspaces. They are above those that images use for themselves and within the 65,536 subordinate
/// ids of a user. A number becomes free only when everything that it owns is gone, and is not reused at once. An agent that escapes is
/// therefore neither the bridge's user nor another run's.
/// </summary>
internal sealed class WorkspaceUsers
{
    /// <summary>The lowest number.</summary>
    public const int First = 10_000;

    /// <summary>The highest number.</summary>
    public const int Last = 59_999;

    private readonly Lock _lock = new();
    private readonly HashSet<int> _used = [];
    private readonly int _first;
    private readonly int _last;
    private int _next;

    /// <summary>Hands out the numbers of a range.</summary>
    public WorkspaceUsers(int first = First, int last = Last) => (_first, _last, _next) = (first, last, first);

    /// <summary>Takes a number; null if all are in use.</summary>
    public int? Take()
    {
        lock (_lock)
        {
            for (var tries = _first; tries <= _last; tries++)
            {
                var candidate = _next;
                _next = _next == _last ? _first : _next + 1;
                if (_used.Add(candidate))
                {
                    return candidate;
                }
            }

            return null;
        }
    }

    /// <summary>Marks the number of an adopted attempt as used, and continues after it.</summary>
    public void Reserve(int number)
    {
        lock (_lock)
        {
            _used.Add(number);
            _next = number >= _last ? _first : Math.Max(_next, number + 1);
        }
    }

    /// <summary>Returns a number.</summary>
    public void Release(int number)
    {
        lock (_lock)
        {
            _used.Remove(number);
        }
    }
}
