using Stromboli.NodeLink.Messages;

namespace Stromboli.NodeLink;

/// <summary>The operator refused the link.</summary>
public sealed class NodeLinkRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public NodeLinkRefusedException(RefusalReason reason, string message)
        : base(message)
    {
        Reason = reason;
    }

    /// <summary>The reason.</summary>
    public RefusalReason Reason { get; }
}

/// <summary>
/// No operator could be reached at an address: there was no connection, no trusted certificate of that name, or no answer of the protocol.
/// </summary>
public sealed class NodeLinkUnreachableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public NodeLinkUnreachableException(string message, Exception? inner = null)
        : base(message, inner) { }
}

/// <summary>A stream cannot be sent on, because its connection is closed.</summary>
public sealed class StreamClosedException : IOException
{
    /// <summary>Creates the exception.</summary>
    public StreamClosedException(Exception inner)
        : base("The connection of the stream is closed.", inner) { }
}
