namespace Stromboli.PodmanBridge.Attempts;

/// <summary>How much a node keeps of attempts that are over and collected.</summary>
/// <param name="Runs">How many.</param>
/// <param name="Bytes">What their logs and records may take of the disk together.</param>
internal sealed record KeptLimits(int Runs, long Bytes)
{
    /// <summary>What holds when nobody says otherwise.</summary>
    public static KeptLimits Default { get; } = new(1000, 10L << 30);
}
