namespace Stromboli.NodeLink;

/// <summary>Cuts what grows with a node into parts by their bytes, so that no message comes near the protocol's bound; pure.</summary>
public static class MessageParts
{
    /// <summary>The bytes of a part: small enough that a ping's answer never waits long behind one.</summary>
    public const int MaxBytes = NodeLinkProtocol.MaxMessageBytes / 4;

    /// <summary>
    /// The parts, at least one; the last one is marked. An item that is larger than a part gets one of its own. Items are asked for as the
    /// parts are.
    /// </summary>
    /// <param name="items">What is to be told.</param>
    /// <param name="sizeOf">The bytes of an item within a message.</param>
    public static IEnumerable<(IReadOnlyList<T> Items, bool IsLast)> Of<T>(IEnumerable<T> items, Func<T, int> sizeOf)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(sizeOf);
        return Cut(items, sizeOf);
    }

    /// <summary>The first items, as many as one part takes.</summary>
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
