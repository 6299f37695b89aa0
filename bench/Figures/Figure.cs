namespace Stromboli.Bench.Figures;

/// <summary>One measured figure.</summary>
/// <param name="Name">Its name in the table and the file.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record Figure(string Name, double Value, string Unit)
{
    /// <summary>The value that it is compared with, in the same unit and from the same run of the bench; null without one.</summary>
    public double? Baseline { get; init; }

    /// <summary>The value divided by the baseline; null without one.</summary>
    public double? Ratio => Baseline is { } baseline ? Value / baseline : null;

    /// <summary>The highest aim for its ratio, or for its value without a ratio; null without an aim.</summary>
    public double? Aim { get; init; }

    /// <summary>The lowest aim for its ratio, or for its value without a ratio; null without an aim.</summary>
    public double? AtLeast { get; init; }

    /// <summary>Whether it meets its aims; null without one.</summary>
    public bool? Met => Aim is null && AtLeast is null ? null : !((Ratio ?? Value) > Aim) && !((Ratio ?? Value) < AtLeast);
}
