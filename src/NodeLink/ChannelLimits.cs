namespace Stromboli.NodeLink;

/// <summary>The bounds of one <see cref="MessageChannel{TOut,TIn}"/>.</summary>
public sealed record ChannelLimits
{
    /// <summary>The bounds that both ends use.</summary>
    public static ChannelLimits Default { get; } = new();

    /// <summary>The largest record, in bytes, both ways.</summary>
    public int MaxMessageBytes { get; init; } = NodeLinkProtocol.MaxMessageBytes;

    /// <summary>How many records may wait to be written.</summary>
    public int MaxQueuedMessages { get; init; } = 1024;

    /// <summary>How many bytes may wait to be written.</summary>
    public long MaxQueuedBytes { get; init; } = 4L * NodeLinkProtocol.MaxMessageBytes;

    /// <summary>How long the peer may take to accept one record before the channel gives it up.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a closing channel waits for its last records and for the peer's own close.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a WebSocket ping is sent when nothing else is.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a WebSocket ping may stay unanswered before the connection counts as torn.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
