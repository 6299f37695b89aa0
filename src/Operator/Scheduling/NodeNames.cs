namespace Stromboli.Operator.Scheduling;

/// <summary>Lists nodes in messages.</summary>
internal static class NodeNames
{
    // A message with more names is hard to read.
    private const int Named = 5;

    /// <summary>Lists the first few items in order, and how many more there are.</summary>
    public static string List(IEnumerable<string> items)
    {
        var sorted = items.Order(StringComparer.Ordinal).ToList();
        return sorted.Count <= Named
            ? string.Join(", ", sorted)
            : $"{string.Join(", ", sorted.Take(Named))} and {sorted.Count - Named} more";
    }
}
