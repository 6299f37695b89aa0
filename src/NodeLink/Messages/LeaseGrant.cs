namespace Stromboli.NodeLink.Messages;

/// <summary>The node's lease, counted from when the ping of this id was sent. Nothing else extends it.</summary>
public sealed record LeaseGrant : OperatorMessage
{
    /// <summary>The ping that is answered.</summary>
    public required long PingID { get; init; }

    /// <summary>How long the lease lasts, in milliseconds.</summary>
    public required long DurationMs { get; init; }
}
