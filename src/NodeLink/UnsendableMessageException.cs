namespace Stromboli.NodeLink;

/// <summary>A message that this end wanted to send is over the bounds of the protocol. The channel itself is unharmed.</summary>
public sealed class UnsendableMessageException : Exception
{
    /// <summary>Makes one.</summary>
    public UnsendableMessageException(string message, Exception? inner = null)
        : base(message, inner) { }
}
