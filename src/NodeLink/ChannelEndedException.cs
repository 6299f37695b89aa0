namespace Stromboli.NodeLink;

/// <summary>A channel has ended; nothing can be received or sent on it any more.</summary>
public sealed class ChannelEndedException : Exception
{
    /// <summary>Makes one.</summary>
    public ChannelEndedException(ChannelEndReason reason, string message, Exception? inner = null)
        : base(message, inner)
    {
        Reason = reason;
    }

    /// <summary>Why the channel ended.</summary>
    public ChannelEndReason Reason { get; }
}
