using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>Keys of objects by a value computed from them. Guarded by its store's lock.</summary>
internal sealed class StoreIndex<T>(Func<T, IEnumerable<string>> values)
    where T : class, IKubernetesObject
{
    private readonly Dictionary<string, HashSet<NamespacedName>> _keys = [];

    public IReadOnlyCollection<NamespacedName> this[string value] => _keys.TryGetValue(value, out var keys) ? keys : [];

    public void Replace(NamespacedName key, T? old, T? @new)
    {
        // Both are computed first, so that a function that throws leaves the index unchanged.
        List<string> before = old is null ? [] : [.. values(old)];
        List<string> after = @new is null ? [] : [.. values(@new)];
        foreach (var value in before)
        {
            if (_keys.TryGetValue(value, out var keys) && keys.Remove(key) && keys.Count == 0)
            {
                _keys.Remove(value);
            }
        }

        foreach (var value in after)
        {
            if (!_keys.TryGetValue(value, out var keys))
            {
                _keys[value] = keys = [];
            }

            keys.Add(key);
        }
    }
}
