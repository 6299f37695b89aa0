using System.Diagnostics.CodeAnalysis;

namespace Stromboli.Operator.Authorization;

/// <summary>A table that drops its oldest entry when it is full. Its owner guards it with a lock.</summary>
internal sealed class BoundedTable<TKey, TValue>(int most)
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _values = [];
    private readonly Queue<TKey> _order = new();

    /// <summary>Returns the value of a key.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _values.TryGetValue(key, out value);

    /// <summary>Adds or replaces a value.</summary>
    public void Set(TKey key, TValue value)
    {
        if (!_values.ContainsKey(key))
        {
            if (_values.Count == most)
            {
                _values.Remove(_order.Dequeue());
            }

            _order.Enqueue(key);
        }

        _values[key] = value;
    }
}
