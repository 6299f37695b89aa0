namespace Stromboli.Telemetry.Metrics;

/// <summary>
/// A label whose values come from others, such as namespaces. The first values keep their names until the process ends; all further ones
/// count as <see cref="Other"/>. So nobody can grow the number of series. Safe for concurrent use.
/// </summary>
/// <param name="most">How many values keep their names.</param>
internal sealed class BoundedLabel(int most)
{
    /// <summary>What all further values count as.</summary>
    public const string Other = "other";

    private readonly Lock _lock = new();
    private readonly HashSet<string> _known = [];

    /// <summary>The label for a value.</summary>
    public string Of(string? value)
    {
        if (value is null)
        {
            return Other;
        }

        lock (_lock)
        {
            return _known.Contains(value) || (_known.Count < most && _known.Add(value)) ? value : Other;
        }
    }
}
