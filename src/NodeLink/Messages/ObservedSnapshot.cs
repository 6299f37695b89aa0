namespace Stromboli.NodeLink.Messages;

/// <summary>
/// Every attempt that the node still knows, in one or more parts. A bridge sends it once on each link, after it received the whole
/// <see cref="DesiredSnapshot"/>. A missing attempt ends nothing: the bridge begins a desired attempt that it does not know, or reports it
/// as ended in an <see cref="Observed"/> of its own.
/// </summary>
public sealed record ObservedSnapshot : BridgeMessage
{
    /// <summary>The attempts of this part.</summary>
    public required IReadOnlyList<AttemptObservation> Attempts { get; init; }

    /// <summary>True on the last part; only then the node is in step.</summary>
    public required bool Complete { get; init; }
}
