namespace Stromboli.Operator.Scheduling;

/// <summary>Lists of nodes in sentences.</summary>
internal static class NodeNames
{
    // As many as a sentence can name and still be read.
    private const int Named = 5;

    /// <summary>The first few, in order, and how many more there are.</summary>
    public static string List(IEnumerable<string> items)
    {
        var sorted = items.Order(StringComparer.Ordinal).ToList();
        return sorted.Count <= Named
            ? string.Join(", ", sorted)
            : $"{string.Join(", ", sorted.Take(Named))} and {sorted.Count - Named} more";
    }
}
