namespace Stromboli.NodeLink;

/// <summary>Why a channel ended.</summary>
public enum ChannelEndReason
{
    /// <summary>This end closed it.</summary>
    Closed,

    /// <summary>The peer closed it normally.</summary>
    PeerClosed,

    /// <summary>The connection broke, or the peer stopped answering.</summary>
    Torn,

    /// <summary>The peer sent a message over the size limit.</summary>
    Oversized,

    /// <summary>The peer sent data that is not a message of the schema.</summary>
    Malformed,

    /// <summary>More messages waited to be sent than the limits allow: the peer reads too slowly.</summary>
    QueueFull,

    /// <summary>The peer accepted no bytes within <see cref="ChannelLimits.SendTimeout"/>.</summary>
    Stalled,
}

/// <summary>The channel has ended. Nothing can be sent or received on it.</summary>
public sealed class ChannelEndedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ChannelEndedException(ChannelEndReason reason, string message, Exception? inner = null)
        : base(message, inner)
    {
        Reason = reason;
    }

    /// <summary>Why the channel ended.</summary>
    public ChannelEndReason Reason { get; }
}

/// <summary>This end tried to send a message that exceeds the limits of the protocol. The channel can still be used.</summary>
public sealed class UnsendableMessageException : Exception
{
    /// <summary>Creates the exception.</summary>
    public UnsendableMessageException(string message, Exception? inner = null)
        : base(message, inner) { }
}
