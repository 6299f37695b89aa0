namespace Stromboli.NodeLink;

/// <summary>
/// No operator could be spoken to at an address: no connection, no trusted certificate of that name, or no answer of the protocol.
/// </summary>
public sealed class NodeLinkUnreachableException : Exception
{
    /// <summary>Makes one.</summary>
    public NodeLinkUnreachableException(string message, Exception? inner = null)
        : base(message, inner) { }
}
