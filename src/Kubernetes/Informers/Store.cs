using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>
/// The objects of an <see cref="Informer{T}"/>, overlaid with the answers to our own writes, so that a reconcile sees a write that it made
/// before even if the informer lags. Objects are shared and read-only.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
public sealed partial class Store<T>
    where T : class, IKubernetesObject
{
    // Two locks: writers keep the first while handlers run, so that changes arrive in order; readers need only the second.
    private readonly Lock _writing = new();
    private readonly Lock _state = new();
    private readonly Dictionary<NamespacedName, T> _objects = [];
    private readonly Dictionary<string, StoreIndex<T>> _indexes = [];
    private readonly List<Action<StoreChange<T>>> _handlers = [];
    private readonly Func<T, T>? _transform;
    private readonly ILogger _logger;
    private T[]? _snapshot;

    internal Store(Func<T, T>? transform = null, ILogger? logger = null)
    {
        _transform = transform;
        _logger = logger ?? NullLogger.Instance;
    }

    /// <summary>Number of objects.</summary>
    public int Count
    {
        get
        {
            lock (_state)
            {
                return _objects.Count;
            }
        }
    }

    /// <summary>The object of that name, or null.</summary>
    public T? Get(NamespacedName key)
    {
        lock (_state)
        {
            return _objects.GetValueOrDefault(key);
        }
    }

    /// <summary>All objects at this moment, in no order.</summary>
    public IReadOnlyList<T> List()
    {
        lock (_state)
        {
            return _snapshot ??= [.. _objects.Values];
        }
    }

    /// <summary>The objects that have this value in that index, in no order.</summary>
    /// <exception cref="ArgumentException">There is no such index.</exception>
    public IReadOnlyList<T> ByIndex(string index, string value)
    {
        lock (_state)
        {
            return _indexes.TryGetValue(index, out var found)
                ? [.. found[value].Select(key => _objects[key])]
                : throw new ArgumentException($"There is no index '{index}'.", nameof(index));
        }
    }

    /// <summary>Adds an index. The function is pure and does not throw; an object may have any number of values.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public void AddIndex(string name, Func<T, IEnumerable<string>> values)
    {
        var index = new StoreIndex<T>(values);
        lock (_writing)
        {
            lock (_state)
            {
                foreach (var (key, target) in _objects)
                {
                    index.Replace(key, null, target);
                }

                _indexes.Add(name, index);
            }
        }
    }

    /// <summary>
    /// Calls the handler for every object in the store now, and for every later change, in order. The handler must be quick, must not
    /// throw, and must not wait for another thread: it should put a key into a queue.
    /// </summary>
    public void OnChange(Action<StoreChange<T>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        lock (_writing)
        {
            foreach (var target in List())
            {
                Call(handler, new(ChangeType.Added, null, target));
            }

            _handlers.Add(handler);
        }
    }

    // Both locks below are taken in this order: _writing (by the caller), then _state.
    private void Put(NamespacedName key, T target)
    {
        var old = Get(key);
        if (old is not null && old.Metadata.Uid == target.Metadata.Uid && old.Metadata.ResourceVersion == target.Metadata.ResourceVersion)
        {
            return;
        }

        if (old is not null && old.Metadata.Uid != target.Metadata.Uid)
        {
            Remove(key);
            old = null;
        }

        Change(key, old, target);
        Dispatch(new(old is null ? ChangeType.Added : ChangeType.Modified, old, target));
    }

    private void Remove(NamespacedName key, T? last = null)
    {
        if (Get(key) is not { } old)
        {
            return;
        }

        Change(key, old, null);
        Dispatch(new(ChangeType.Deleted, last ?? old, null));
    }

    private void Change(NamespacedName key, T? old, T? target)
    {
        lock (_state)
        {
            foreach (var index in _indexes.Values)
            {
                index.Replace(key, old, target);
            }

            if (target is null)
            {
                _objects.Remove(key);
            }
            else
            {
                _objects[key] = target;
            }

            _snapshot = null;
        }
    }

    private void Dispatch(StoreChange<T> change)
    {
        foreach (var handler in _handlers)
        {
            Call(handler, change);
        }
    }

    private void Call(Action<StoreChange<T>> handler, StoreChange<T> change)
    {
        try
        {
            handler(change);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(_logger, e, NamespacedName.Of(change.Object));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A handler failed on a change of {Key}")]
        public static partial void HandlerFailed(ILogger logger, Exception exception, NamespacedName key);
    }
}
