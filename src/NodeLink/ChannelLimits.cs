namespace Stromboli.NodeLink;

/// <summary>The limits of a <see cref="MessageChannel{TOut,TIn}"/>.</summary>
public sealed record ChannelLimits
{
    /// <summary>The limits that both ends use.</summary>
    public static ChannelLimits Default { get; } = new();

    /// <summary>The largest message, in bytes, in both directions.</summary>
    public int MaxMessageBytes { get; init; } = NodeLinkProtocol.MaxMessageBytes;

    /// <summary>How many messages can wait to be sent.</summary>
    public int MaxQueuedMessages { get; init; } = 1024;

    /// <summary>How many bytes can wait to be sent.</summary>
    public long MaxQueuedBytes { get; init; } = 4L * NodeLinkProtocol.MaxMessageBytes;

    /// <summary>How long the peer can take to accept one message before the channel ends.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a closing channel waits for its last messages to be sent, and then for the peer to close.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a WebSocket ping is sent on an idle connection.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a WebSocket ping can be unanswered before the connection is considered broken.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
