namespace Stromboli.NodeLink;

/// <summary>Why a channel ended.</summary>
public enum ChannelEndReason
{
    /// <summary>This end closed it.</summary>
    Closed,

    /// <summary>The peer closed it in good order.</summary>
    PeerClosed,

    /// <summary>The connection broke, or the peer went silent.</summary>
    Torn,

    /// <summary>The peer sent a record over the bound.</summary>
    Oversized,

    /// <summary>The peer sent something that is no record of the schema.</summary>
    Malformed,

    /// <summary>More waited to be written than the bound allows: the peer reads too slowly.</summary>
    QueueFull,

    /// <summary>The peer accepted no more bytes within <see cref="ChannelLimits.SendTimeout"/>.</summary>
    Stalled,
}
