namespace Stromboli.NodeLink;

/// <summary>Splits lists that grow with a node into parts of bounded size, so that no message comes near the size limit. Pure.</summary>
public static class MessageParts
{
    /// <summary>The largest part, in bytes. It is small enough that the answer to a ping never waits long behind a part.</summary>
    public const int MaxBytes = NodeLinkProtocol.MaxMessageBytes / 4;

    /// <summary>
    /// The parts, at least one; the last one is marked. An item that is larger than a part is a part of its own. Items are enumerated as
    /// the parts are.
    /// </summary>
    /// <param name="items">The items of the list.</param>
    /// <param name="sizeOf">The size of an item in a message, in bytes.</param>
    public static IEnumerable<(IReadOnlyList<T> Items, bool IsLast)> Of<T>(IEnumerable<T> items, Func<T, int> sizeOf)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(sizeOf);
        return Cut(items, sizeOf);
    }

    /// <summary>The first items, as many as fit into one part.</summary>
    public static IReadOnlyList<T> First<T>(IEnumerable<T> items, Func<T, int> sizeOf)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(sizeOf);
        var left = MaxBytes;
        return [.. items.TakeWhile(item => (left -= sizeOf(item) + 1) >= 0)];
    }

    private static IEnumerable<(IReadOnlyList<T> Items, bool IsLast)> Cut<T>(IEnumerable<T> items, Func<T, int> sizeOf)
    {
        List<T> part = [];
        var bytes = 0;
        foreach (var item in items)
        {
            var size = sizeOf(item) + 1;
            if (part.Count > 0 && bytes + size > MaxBytes)
            {
                yield return (part, false);
                part = [];
                bytes = 0;
            }

            part.Add(item);
            bytes += size;
        }

        yield return (part, true);
    }
}
