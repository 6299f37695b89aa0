namespace Stromboli.Kubernetes;

public sealed partial class Store<T>
{
    // Versions of our own writes that the informer has not reached. Until then, its versions of these objects are old.
    private readonly Dictionary<NamespacedName, string> _ahead = [];

    // UIDs of objects that we deleted and the informer still has. A UID is never used again.
    private readonly Dictionary<NamespacedName, string> _gone = [];

    // The version that the informer has reached.
    private string? _reached;

    /// <summary>
    /// Takes the API server's answer to our own write of an object that the informer selects. The informer's older versions of the
    /// object are ignored until it has caught up.
    /// </summary>
    public void Observe(T answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var target = Transformed(answer);
        var key = NamespacedName.Of(target);
        var version = target.Metadata.ResourceVersion;
        lock (_writing)
        {
            // The informer may be ahead of a late answer. The object may be gone by then, and the informer would not say so again.
            if (string.IsNullOrEmpty(version) || ResourceVersions.IsReached(version, _reached) || IsGone(key, target))
            {
                return;
            }

            if (Get(key) is { } current && !ResourceVersions.Precedes(current.Metadata.ResourceVersion, version))
            {
                return;
            }

            _gone.Remove(key);
            _ahead[key] = version;
            Put(key, target);
        }
    }

    /// <summary>Takes the API server's answer to our own delete, once no finalizer holds the object.</summary>
    public void ObserveDeleted(NamespacedName key, string uid)
    {
        lock (_writing)
        {
            if (Get(key)?.Metadata.Uid != uid)
            {
                return;
            }

            _ahead.Remove(key);
            _gone[key] = uid;
            Remove(key);
        }
    }

    /// <summary>Takes one object from the informer.</summary>
    internal void Apply(WatchEventType type, T received)
    {
        var target = Transformed(received);
        var key = NamespacedName.Of(target);
        lock (_writing)
        {
            _reached = target.Metadata.ResourceVersion;
            if (type == WatchEventType.Deleted)
            {
                ApplyDeleted(key, target);
            }
            else
            {
                ApplyPresent(key, target);
            }
        }
    }

    /// <summary>Takes the deletion of an unreadable object from the informer.</summary>
    internal void ApplyDeleted(UnreadableObject target, string version)
    {
        lock (_writing)
        {
            _reached = version;
            if (Get(target.Key) is not { } known || known.Metadata.Uid != target.Uid)
            {
                return;
            }

            _ahead.Remove(target.Key);
            Remove(target.Key);
        }
    }

    /// <summary>The watch has reached this version without a change.</summary>
    internal void Reached(string version)
    {
        lock (_writing)
        {
            _reached = version;
        }
    }

    /// <summary>
    /// Takes the informer's whole list, transformed. Objects that are missing from it are gone, unless our own write is newer than the list
    /// or the object is unreadable.
    /// </summary>
    internal void Replace(IEnumerable<T> list, string version, IEnumerable<UnreadableObject>? unreadable = null)
    {
        var hidden = (unreadable ?? []).Select(target => (target.Key, target.Uid)).ToHashSet();
        Dictionary<NamespacedName, T> items = [];
        foreach (var target in list)
        {
            items[NamespacedName.Of(target)] = target;
        }

        lock (_writing)
        {
            _reached = version;
            foreach (var target in List())
            {
                var key = NamespacedName.Of(target);
                if (
                    !items.ContainsKey(key)
                    && !hidden.Contains((key, target.Metadata.Uid))
                    && !(_ahead.TryGetValue(key, out var ours) && IsNewer(ours, version))
                )
                {
                    _ahead.Remove(key);
                    Remove(key);
                }
            }

            foreach (var key in _gone.Keys.Where(key => items.GetValueOrDefault(key)?.Metadata.Uid != _gone[key]).ToList())
            {
                _gone.Remove(key);
            }

            foreach (var (key, target) in items)
            {
                ApplyPresent(key, target);
            }
        }
    }

    /// <summary>Reduces an object to what is kept.</summary>
    internal T Transformed(T target) => _transform is null ? target : _transform(target);

    private static bool IsNewer(string version, string than) => ResourceVersions.IsReached(than, version) && version != than;

    private void ApplyPresent(NamespacedName key, T target)
    {
        if (
            IsGone(key, target)
            || (_ahead.TryGetValue(key, out var ours) && ResourceVersions.Precedes(target.Metadata.ResourceVersion, ours))
        )
        {
            return;
        }

        _ahead.Remove(key);
        _gone.Remove(key);
        Put(key, target);
    }

    private void ApplyDeleted(NamespacedName key, T target)
    {
        if (IsGone(key, target))
        {
            _gone.Remove(key);
            return;
        }

        // This is the deletion of an earlier object with this name; ours is newer.
        if (
            _ahead.TryGetValue(key, out var ours)
            && Get(key)?.Metadata.Uid != target.Metadata.Uid
            && ResourceVersions.Precedes(target.Metadata.ResourceVersion, ours)
        )
        {
            return;
        }

        _ahead.Remove(key);
        Remove(key, target);
    }

    private bool IsGone(NamespacedName key, T target) => _gone.TryGetValue(key, out var uid) && uid == target.Metadata.Uid;
}
