namespace Stromboli.NodeLink.Messages;

/// <summary>Asks for a lease. The lease that answers it counts from the moment at which this was sent.</summary>
public sealed record Ping : BridgeMessage
{
    /// <summary>Rises with every ping of one link; the grant repeats it.</summary>
    public required long PingID { get; init; }
}
