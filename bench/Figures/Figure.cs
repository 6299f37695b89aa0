namespace Stromboli.Bench.Figures;

/// <summary>One measured figure.</summary>
/// <param name="Name">Its name in the table and the file.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Unit">In which unit.</param>
internal sealed record Figure(string Name, double Value, string Unit)
{
    /// <summary>What it is compared with, in the same unit and measured in the same run of the bench; null if it stands alone.</summary>
    public double? Baseline { get; init; }

    /// <summary>The figure by its baseline; null without one.</summary>
    public double? Ratio => Baseline is { } baseline ? Value / baseline : null;

    /// <summary>The most that it, or its ratio if it has one, should be; null for a figure without an aim.</summary>
    public double? Aim { get; init; }

    /// <summary>The least that it, or its ratio if it has one, should be; null for a figure without such an aim.</summary>
    public double? AtLeast { get; init; }

    /// <summary>Whether it meets its aims; null without one.</summary>
    public bool? Met => Aim is null && AtLeast is null ? null : !((Ratio ?? Value) > Aim) && !((Ratio ?? Value) < AtLeast);
}
