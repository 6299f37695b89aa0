namespace Stromboli.Bench.Figures;

/// <summary>Measured times, in milliseconds.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    /// <summary>How many there are.</summary>
    public int Count => _values.Count;

    /// <summary>The median.</summary>
    public double Median => At(0.5);

    /// <summary>The 95th percentile.</summary>
    public double P95 => At(0.95);

    /// <summary>Takes one more.</summary>
    public void Add(double milliseconds) => _values.Add(milliseconds);

    // Interpolates between the two nearest values, like type 7 of R.
    private double At(double quantile)
    {
        if (_values.Count == 0)
        {
            throw new InvalidOperationException("Nothing was measured.");
        }

        var sorted = _values.Order().ToList();
        var place = quantile * (sorted.Count - 1);
        var low = (int)place;
        var high = Math.Min(low + 1, sorted.Count - 1);
        return sorted[low] + ((place - low) * (sorted[high] - sorted[low]));
    }
}
