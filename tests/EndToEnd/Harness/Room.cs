namespace Stromboli.EndToEnd.Harness;

/// <summary>
/// The share of the machine that is free for cases. First come, first served, so that small cases do not overtake a large one for ever.
/// </summary>
internal sealed class Room
{
    private readonly int _size;
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiting> _waiting = [];
    private int _free;

    public Room(int size) => _size = _free = size;

    /// <summary>Waits until <paramref name="part"/> of it, or all of it if that is less, is free, and takes that.</summary>
    /// <returns>A function that gives it back.</returns>
    public async Task<Func<ValueTask>> EnterAsync(int part, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(Math.Min(part, _size), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            _waiting.AddLast(waiting);
        }

        LetIn();
        try
        {
            await waiting.Entered.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            bool left;
            lock (_lock)
            {
                left = _waiting.Remove(waiting);
            }

            if (!left)
            {
                Leave(waiting.Part);
            }

            throw;
        }

        return () =>
        {
            Leave(waiting.Part);
            return ValueTask.CompletedTask;
        };
    }

    private void Leave(int part)
    {
        lock (_lock)
        {
            _free += part;
        }

        LetIn();
    }

    private void LetIn()
    {
        lock (_lock)
        {
            while (_waiting.First is { Value: var next } && next.Part <= _free)
            {
                _waiting.RemoveFirst();
                _free -= next.Part;
                next.Entered.SetResult();
            }
        }
    }

    private sealed record Waiting(int Part, TaskCompletionSource Entered);
}
