using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>How long leaders and nodes hold what they have.</summary>
internal static class Terms
{
    /// <summary>A leader that is gone is followed within seconds.</summary>
    public static OperatorOptions Short { get; } =
        new()
        {
            LeaseDuration = "6s",
            LeaseRenewDeadline = "5s",
            LeaseRetryPeriod = "300ms",
        };

    /// <summary>
    /// As <see cref="Short"/>, and a node that is cut off is lost within seconds. Longer than a leader's term, so that a killed leader
    /// loses no node.
    /// </summary>
    public static OperatorOptions ShortForNodes { get; } = Short with { NodeLostAfter = "12s", NodeLostGrace = "1s" };
}
