using Stromboli.Kubernetes;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Reads Secrets and ConfigMaps by name, one request for a name at a time: those who ask while one is under way share the next, so that
/// each gets an answer that was asked for after it asked. That a name was not there is remembered for a moment.
/// </summary>
internal sealed class InputLooks(KubeClient client, TimeProvider clock)
{
    /// <summary>How long it is remembered that a name was not there, or could not be read.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(1);

    // From how many on those that are too old are looked for.
    private const int Many = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<InputPlace, Turn> _underWay = [];
    private readonly Dictionary<InputPlace, (InputObject Answer, long At)> _missing = [];

    /// <summary>What is there now; that nothing is there may be a moment old.</summary>
    /// <exception cref="ApiException">The API server gave no answer.</exception>
    public Task<InputObject> GetAsync(InputPlace place, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_missing.TryGetValue(place, out var missing) && clock.GetElapsedTime(missing.At) < Remembered)
            {
                return Task.FromResult(missing.Answer);
            }
        }
        return LookAsync(place, cancellationToken);
    }

    /// <summary>What is there now.</summary>
    /// <exception cref="ApiException">The API server gave no answer.</exception>
    public Task<InputObject> LookAsync(InputPlace place, CancellationToken cancellationToken)
    {
        TaskCompletionSource<InputObject> mine;
        lock (_gate)
        {
            if (_underWay.TryGetValue(place, out var turn))
            {
                return (turn.Next ??= NewAnswer()).Task.WaitAsync(cancellationToken);
            }

            _underWay[place] = new Turn();
            mine = NewAnswer();
        }
        _ = LookForAllAsync(place, mine);
        return mine.Task.WaitAsync(cancellationToken);
    }

    // Not cancelled with any of those who wait: the others still want it. The client bounds its time.
    private async Task LookForAllAsync(InputPlace place, TaskCompletionSource<InputObject> waiting)
    {
        for (TaskCompletionSource<InputObject>? next = waiting; next is not null; next = Following(place))
        {
            try
            {
                var asked = clock.GetTimestamp();
                var answer = await ReadAsync(place);
                Remember(place, answer, asked);
                next.SetResult(answer);
            }
            catch (Exception e)
            {
                next.SetException(e);
            }
        }
    }

    private TaskCompletionSource<InputObject>? Following(InputPlace place)
    {
        lock (_gate)
        {
            var next = _underWay[place].Next;
            _underWay[place].Next = null;
            if (next is null)
            {
                _underWay.Remove(place);
            }

            return next;
        }
    }

    private async Task<InputObject> ReadAsync(InputPlace place)
    {
        try
        {
            return place.IsSecret
                ? new(await client.TryGetAsync(BuiltIn.Secrets, place.Key), ConfigMap: null)
                : new(Secret: null, await client.TryGetAsync(BuiltIn.ConfigMaps, place.Key));
        }
        catch (ApiException e) when (e.IsForbidden)
        {
            return new(null, null, IsForbidden: true);
        }
    }

    private void Remember(InputPlace place, InputObject answer, long asked)
    {
        lock (_gate)
        {
            if (answer.IsThere)
            {
                _missing.Remove(place);
            }
            else
            {
                _missing[place] = (answer, asked);
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
