namespace Stromboli.NodeLink.Messages;

/// <summary>The first message of a bridge on a new link.</summary>
public sealed record Hello : BridgeMessage
{
    /// <summary>
    /// The schema of the messages, from <see cref="NodeLinkProtocol.OldestSchema"/> to <see cref="NodeLinkProtocol.Schema"/>; another one
    /// is refused.
    /// </summary>
    public required int Schema { get; init; }

    /// <summary>The name of the AgentNode that the bridge speaks for; must be the one that the link was authorised for.</summary>
    public required string Node { get; init; }

    /// <summary>
    /// The installation that the bridge has served so far; null if none. <see cref="SeenEpoch"/> counts only for the same one.
    /// </summary>
    public string? Installation { get; init; }

    /// <summary>
    /// The highest epoch that the bridge has seen; an operator of the same installation with a lower one has lost the lead.
    /// </summary>
    public required long SeenEpoch { get; init; }

    /// <summary>What the node is and can do.</summary>
    public required NodeFacts Facts { get; init; }

    /// <summary>
    /// Every attempt that the node still knows, in schema 1. Later ones tell them in <see cref="ObservedSnapshot"/>, since they may be more
    /// than one message takes.
    /// </summary>
    public IReadOnlyList<AttemptObservation>? Observed { get; init; }
}
