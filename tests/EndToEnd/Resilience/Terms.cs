using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>Lease durations of leaders and nodes.</summary>
internal static class Terms
{
    /// <summary>Another leader takes over within seconds.</summary>
    public static OperatorOptions Short { get; } =
        new()
        {
            LeaseDuration = "6s",
            LeaseRenewDeadline = "5s",
            LeaseRetryPeriod = "300ms",
        };

    /// <summary>
    /// Same as <see cref="Short"/>, and a node that is cut off is lost within seconds. Longer than a leader's lease, so that a killed
    /// leader loses no node.
    /// </summary>
    public static OperatorOptions ShortForNodes { get; } = Short with { NodeLostAfter = "12s", NodeLostGrace = "1s" };
}
