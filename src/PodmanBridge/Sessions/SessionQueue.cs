using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Sessions;

/// <summary>
/// Gives each session to one attempt at a time, in the order in which they ask. The operator orders runs for fairness. This class ensures
/// that two of them never run at the same time.
/// </summary>
internal sealed class SessionQueue
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Line> _lines = [];

    /// <summary>Waits until the attempt has the session. Returns at once if it already has the session.</summary>
    public async Task EnterAsync(string session, AttemptKey key, CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (!_lines.TryGetValue(session, out var line))
            {
                _lines[session] = new Line { Holder = key };
                return;
            }

            if (line.Holder == key)
            {
                return;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            line.Waiting.Enqueue((key, turn));
        }

        await using (cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken)))
        {
            await turn.Task;
        }
    }

    /// <summary>Gives the session to the attempt before any other can ask, because its agent may be running already.</summary>
    public void Reserve(string session, AttemptKey key)
    {
        lock (_lock)
        {
            _lines.TryAdd(session, new Line { Holder = key });
        }
    }

    /// <summary>
    /// Nothing of the attempt runs any more, so the next one gets the session. Does nothing if the attempt did not have the session.
    /// </summary>
    public void Leave(string session, AttemptKey key)
    {
        lock (_lock)
        {
            if (!_lines.TryGetValue(session, out var line) || line.Holder != key)
            {
                return;
            }

            while (line.Waiting.TryDequeue(out var next))
            {
                if (!next.Turn.TrySetResult())
                {
                    continue;
                }

                line.Holder = next.Key;
                return;
            }

            _lines.Remove(session);
        }
    }

    private sealed class Line
    {
        public AttemptKey Holder { get; set; }

        public Queue<(AttemptKey Key, TaskCompletionSource Turn)> Waiting { get; } = [];
    }
}
