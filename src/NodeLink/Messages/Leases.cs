namespace Stromboli.NodeLink.Messages;

/// <summary>Asks for a lease. The lease that answers it starts when this was sent.</summary>
public sealed record Ping : BridgeMessage
{
    /// <summary>Increases with every ping of a link. The grant repeats it.</summary>
    public required long PingID { get; init; }
}

/// <summary>The node's lease. It starts when the ping of this ID was sent. Nothing else extends it.</summary>
public sealed record LeaseGrant : OperatorMessage
{
    /// <summary>The ping that this answers.</summary>
    public required long PingID { get; init; }

    /// <summary>The duration of the lease, in milliseconds.</summary>
    public required long DurationMs { get; init; }
}
