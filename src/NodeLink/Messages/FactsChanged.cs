namespace Stromboli.NodeLink.Messages;

/// <summary>What the node is or can do has changed.</summary>
public sealed record FactsChanged : BridgeMessage
{
    /// <summary>The whole of it, not the difference.</summary>
    public required NodeFacts Facts { get; init; }
}
