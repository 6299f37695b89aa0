namespace Stromboli.Operator.Inputs;

/// <summary>
/// The objects that runs wait for, in the order of polling. Namespaces take turns, so that one with thousands of objects does not delay
/// another. Guarded by its owner's lock.
/// </summary>
internal sealed class PollQueue
{
    private readonly Dictionary<string, Names> _namespaces = [];
    private long _turn;

    /// <summary>Returns the runs that wait for an object; null if none do.</summary>
    public PolledInput? Find(InputSource source) => _namespaces.GetValueOrDefault(source.Key.Namespace)?.BySource.GetValueOrDefault(source);

    /// <summary>Adds an object or replaces its entry.</summary>
    public void Set(InputSource source, PolledInput waited)
    {
        // A new namespace has its turn after the present ones, so leaving and coming back gains nothing.
        if (!_namespaces.TryGetValue(source.Key.Namespace, out var names))
        {
            _namespaces[source.Key.Namespace] = names = new() { Served = ++_turn };
        }

        names.BySource[source] = waited;
    }

    /// <summary>Removes an object that no run waits for.</summary>
    public void Remove(InputSource source)
    {
        if (_namespaces.TryGetValue(source.Key.Namespace, out var names) && names.BySource.Remove(source) && names.BySource.Count == 0)
        {
            _namespaces.Remove(source.Key.Namespace);
        }
    }

    /// <summary>
    /// Returns the object to poll now, of the namespace whose last turn is longest ago, and takes that turn. Null if no object is due.
    /// </summary>
    public InputSource? Take(DateTimeOffset now)
    {
        (Names Names, InputSource Source)? next = null;
        foreach (var names in _namespaces.Values)
        {
            var (source, waited) = names.First;
            if (waited.NextPoll <= now && (next is not { } best || names.Served < best.Names.Served))
            {
                next = (names, source);
            }
        }
        if (next is not { } taken)
        {
            return null;
        }

        taken.Names.Served = ++_turn;
        return taken.Source;
    }

    /// <summary>When the next poll is due; null if there is no object.</summary>
    public DateTimeOffset? Due => _namespaces.Count == 0 ? null : _namespaces.Values.Min(names => names.First.Value.NextPoll);

    // The objects of one namespace, at least one.
    private sealed class Names
    {
        public Dictionary<InputSource, PolledInput> BySource { get; } = [];

        public long Served { get; set; }

        public KeyValuePair<InputSource, PolledInput> First => BySource.MinBy(pair => pair.Value.NextPoll);
    }
}
