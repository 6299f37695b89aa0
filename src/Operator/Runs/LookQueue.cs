namespace Stromboli.Operator.Runs;

/// <summary>
/// The names that runs wait for, and which of them is looked at next. Namespaces take turns, so that one with thousands of names does not
/// delay the look that another waits for. Guarded by its owner's lock.
/// </summary>
internal sealed class LookQueue
{
    private readonly Dictionary<string, Names> _namespaces = [];
    private long _turn;

    /// <summary>What waits for a name; null if nothing does.</summary>
    public WaitedInput? Find(InputPlace place) => _namespaces.GetValueOrDefault(place.Key.Namespace)?.ByPlace.GetValueOrDefault(place);

    /// <summary>Adds a name, or replaces what waited for it.</summary>
    public void Set(InputPlace place, WaitedInput waited)
    {
        // A namespace that comes has its turn after those that are there: to come and go brings nothing.
        if (!_namespaces.TryGetValue(place.Key.Namespace, out var names))
        {
            _namespaces[place.Key.Namespace] = names = new() { Served = ++_turn };
        }

        names.ByPlace[place] = waited;
    }

    /// <summary>Nothing waits for a name any more.</summary>
    public void Remove(InputPlace place)
    {
        if (_namespaces.TryGetValue(place.Key.Namespace, out var names) && names.ByPlace.Remove(place) && names.ByPlace.Count == 0)
        {
            _namespaces.Remove(place.Key.Namespace);
        }
    }

    /// <summary>
    /// The name to look at now, of the namespace that has waited longest for its turn; the turn is taken. Null if none is due.
    /// </summary>
    public InputPlace? Take(DateTimeOffset now)
    {
        (Names Names, InputPlace Place)? next = null;
        foreach (var names in _namespaces.Values)
        {
            var (place, waited) = names.First;
            if (waited.NextLook <= now && (next is not { } best || names.Served < best.Names.Served))
            {
                next = (names, place);
            }
        }
        if (next is not { } taken)
        {
            return null;
        }

        taken.Names.Served = ++_turn;
        return taken.Place;
    }

    /// <summary>When the next look is due; null if there is no name.</summary>
    public DateTimeOffset? Due => _namespaces.Count == 0 ? null : _namespaces.Values.Min(names => names.First.Value.NextLook);

    // The names of one namespace; at least one.
    private sealed class Names
    {
        public Dictionary<InputPlace, WaitedInput> ByPlace { get; } = [];

        public long Served { get; set; }

        public KeyValuePair<InputPlace, WaitedInput> First => ByPlace.MinBy(pair => pair.Value.NextLook);
    }
}
