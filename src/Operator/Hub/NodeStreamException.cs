namespace Stromboli.Operator.Hub;

/// <summary>A node cannot send a stream now.</summary>
/// <param name="status">The HTTP status for the reader: 429 or 503.</param>
/// <param name="message">The reason, as a sentence.</param>
internal sealed class NodeStreamException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status for the reader.</summary>
    public int Status => status;
}
