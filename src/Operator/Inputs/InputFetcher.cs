using Stromboli.Kubernetes;

namespace Stromboli.Operator.Inputs;

/// <summary>
/// Reads Secrets and ConfigMaps by name, with one request for a name at a time. Callers that come during a request share the next one, so
/// that no answer is older than its question. Remembers for a moment that an object is missing.
/// </summary>
internal sealed class InputFetcher(KubeClient client, TimeProvider clock)
{
    /// <summary>How long a missing or unreadable object is remembered.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(1);

    // From this many entries on, old ones are removed.
    private const int Many = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<InputSource, Turn> _underWay = [];
    private readonly Dictionary<InputSource, (InputObject Answer, long At)> _missing = [];

    /// <summary>Returns the object. The answer that it is missing may be a moment old.</summary>
    /// <exception cref="ApiException">The API server did not answer.</exception>
    public Task<InputObject> GetAsync(InputSource source, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_missing.TryGetValue(source, out var missing) && clock.GetElapsedTime(missing.At) < Remembered)
            {
                return Task.FromResult(missing.Answer);
            }
        }
        return FetchAsync(source, cancellationToken);
    }

    /// <summary>Returns the current object.</summary>
    /// <exception cref="ApiException">The API server did not answer.</exception>
    public Task<InputObject> FetchAsync(InputSource source, CancellationToken cancellationToken)
    {
        TaskCompletionSource<InputObject> mine;
        lock (_gate)
        {
            if (_underWay.TryGetValue(source, out var turn))
            {
                return (turn.Next ??= NewAnswer()).Task.WaitAsync(cancellationToken);
            }

            _underWay[source] = new Turn();
            mine = NewAnswer();
        }
        _ = FetchForAllAsync(source, mine);
        return mine.Task.WaitAsync(cancellationToken);
    }

    // A caller's cancellation does not cancel the request, because other callers wait for it too. The client bounds its time.
    private async Task FetchForAllAsync(InputSource source, TaskCompletionSource<InputObject> waiting)
    {
        for (TaskCompletionSource<InputObject>? next = waiting; next is not null; next = Following(source))
        {
            try
            {
                var asked = clock.GetTimestamp();
                var answer = await ReadAsync(source);
                Remember(source, answer, asked);
                next.SetResult(answer);
            }
            catch (Exception e)
            {
                next.SetException(e);
            }
        }
    }

    private TaskCompletionSource<InputObject>? Following(InputSource source)
    {
        lock (_gate)
        {
            var next = _underWay[source].Next;
            _underWay[source].Next = null;
            if (next is null)
            {
                _underWay.Remove(source);
            }

            return next;
        }
    }

    private async Task<InputObject> ReadAsync(InputSource source)
    {
        try
        {
            return source.IsSecret
                ? new(await client.TryGetAsync(BuiltIn.Secrets, source.Key), ConfigMap: null)
                : new(Secret: null, await client.TryGetAsync(BuiltIn.ConfigMaps, source.Key));
        }
        catch (ApiException e) when (e.IsForbidden)
        {
            return new(null, null, IsForbidden: true);
        }
    }

    private void Remember(InputSource source, InputObject answer, long asked)
    {
        lock (_gate)
        {
            if (answer.IsThere)
            {
                _missing.Remove(source);
            }
            else
            {
                _missing[source] = (answer, asked);
            }

            if (_missing.Count < Many)
            {
                return;
            }

            foreach (
                var old in _missing.Where(entry => clock.GetElapsedTime(entry.Value.At) >= Remembered).Select(entry => entry.Key).ToList()
            )
            {
                _missing.Remove(old);
            }
        }
    }

    private static TaskCompletionSource<InputObject> NewAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Turn
    {
        public TaskCompletionSource<InputObject>? Next { get; set; }
    }
}
