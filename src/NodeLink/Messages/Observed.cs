namespace Stromboli.NodeLink.Messages;

/// <summary>What the node sees of one attempt has changed.</summary>
public sealed record Observed : BridgeMessage
{
    /// <summary>The whole of it, not the difference.</summary>
    public required AttemptObservation Attempt { get; init; }
}
