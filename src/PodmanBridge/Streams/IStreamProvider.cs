using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Streams;

/// <summary>Opens the streams of one kind of source. Register it as a singleton of this interface.</summary>
internal interface IStreamProvider
{
    /// <summary>The type of source that it opens, for example <see cref="LogSource"/>.</summary>
    Type Source { get; }

    /// <summary>Finds what the source names and opens it. Nothing is sent before this returns.</summary>
    /// <param name="source">A source of the type <see cref="Source"/>. It comes from the operator, and its paths come from a reader.</param>
    /// <param name="cancellationToken">Cancelled when the link ends.</param>
    /// <exception cref="StreamRefusedException">The reader gets another status than 200, and one sentence.</exception>
    Task<IStreamContent> OpenAsync(StreamSource source, CancellationToken cancellationToken);
}

/// <summary>What an open stream sends. It is disposed in any case, also if it was never written.</summary>
internal interface IStreamContent : IAsyncDisposable
{
    /// <summary>The media type for the reader, such as <c>text/plain; charset=utf-8</c>.</summary>
    string ContentType { get; }

    /// <summary>
    /// Writes everything, once. Each write is sent at once and waits for a slow reader, so it should have some ten kilobytes if there is
    /// that much. If it throws, the reader sees that the stream is not complete.
    /// </summary>
    /// <param name="to">Only <see cref="Stream.WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/> works.</param>
    /// <param name="cancellationToken">Cancelled when the reader leaves, and when the link ends.</param>
    Task WriteAsync(Stream to, CancellationToken cancellationToken);
}

/// <summary>A stream that cannot be opened.</summary>
internal sealed class StreamRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="status">The HTTP status for the reader.</param>
    /// <param name="message">One sentence for the reader. It has nothing secret, and no path of the node.</param>
    public StreamRefusedException(int status, string message)
        : base(message)
    {
        Status = status;
    }

    /// <summary>The HTTP status for the reader.</summary>
    public int Status { get; }
}
