namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// Shares calls to the engine: concurrent callers with the same key share one call, which is cancelled when the last of them has given up.
/// </summary>
/// <param name="call">The call; it is made on the thread pool.</param>
internal sealed class SharedCalls<TKey, TResult>(Func<TKey, CancellationToken, Task<TResult>> call)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Shared> _calls = [];

    /// <summary>Makes the call, or waits for the one that is under way.</summary>
    public async Task<TResult> JoinAsync(TKey key, CancellationToken cancellationToken)
    {
        var shared = Enter(key);
        try
        {
            return await shared.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave(key, shared);
        }
    }

    private Shared Enter(TKey key)
    {
        lock (_lock)
        {
            if (!_calls.TryGetValue(key, out var shared) || shared.Task.IsCompleted)
            {
                var end = new CancellationTokenSource();
                var token = end.Token;
                shared = new Shared(Task.Run(() => call(key, token), CancellationToken.None), end);
                _calls[key] = shared;
            }

            shared.Waiting++;
            return shared;
        }
    }

    private void Leave(TKey key, Shared shared)
    {
        lock (_lock)
        {
            if (--shared.Waiting > 0)
            {
                return;
            }

            if (_calls.TryGetValue(key, out var current) && current == shared)
            {
                _calls.Remove(key);
            }
        }

        shared.End.Cancel();
        shared.End.Dispose();
    }

    private sealed class Shared(Task<TResult> task, CancellationTokenSource end)
    {
        public Task<TResult> Task { get; } = task;

        public CancellationTokenSource End { get; } = end;

        /// <summary>How many wait for it.</summary>
        public int Waiting { get; set; }
    }
}
