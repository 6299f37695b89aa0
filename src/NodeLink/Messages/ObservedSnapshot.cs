namespace Stromboli.NodeLink.Messages;

/// <summary>
/// Every attempt that the node still knows, in one or more parts, once on each link and after the bridge has taken in the whole <see cref="DesiredSnapshot"/>. What it
/// leaves out ends nothing: an attempt that is desired and not known to the bridge is begun, or reported as ended, in an <see cref="Observed"/> of its own.
/// </summary>
public sealed record ObservedSnapshot : BridgeMessage
{
    /// <summary>The attempts of this part.</summary>
    public required IReadOnlyList<AttemptObservation> Attempts { get; init; }

    /// <summary>True on the last part; only then the node is in step.</summary>
    public required bool Complete { get; init; }
}
