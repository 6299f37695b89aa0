using System.IO.Pipelines;

namespace Stromboli.Operator.Hub;

/// <summary>
/// A stream that a bridge sends: the body of its request. The reader of the stream disposes it. Unless the reader has called
/// <see cref="Finish"/>, the bridge's connection is aborted then.
/// </summary>
internal sealed class NodeStream : IDisposable
{
    private readonly TaskCompletionSource<bool> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDisposable? _slot;
    private CancellationTokenRegistration _linkEnd;

    /// <param name="status">The HTTP status for the reader.</param>
    /// <param name="mediaType">The media type, as the bridge wrote it.</param>
    /// <param name="body">The bytes.</param>
    public NodeStream(int status, string? mediaType, PipeReader body)
    {
        Status = status;
        MediaType = mediaType;
        Body = body;
    }

    /// <summary>The HTTP status for the reader. If it is not 200, the body is one sentence.</summary>
    public int Status { get; }

    /// <summary>The media type, as the bridge wrote it; not checked.</summary>
    public string? MediaType { get; }

    /// <summary>
    /// The bytes. Reading throws an <see cref="IOException"/> or <see cref="OperationCanceledException"/> when the bridge breaks the stream
    /// off, or when its link ends.
    /// </summary>
    public PipeReader Body { get; }

    /// <summary>Completes when the stream is over: true if the reader has read everything.</summary>
    internal Task<bool> Finished => _finished.Task;

    /// <summary>Completes when the reader no longer uses <see cref="Body"/>.</summary>
    internal Task Released => _released.Task;

    /// <summary>The reader has read everything.</summary>
    public void Finish() => _finished.TrySetResult(true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _finished.TrySetResult(false);
        _linkEnd.Dispose();
        Interlocked.Exchange(ref _slot, null)?.Dispose();
        _released.TrySetResult();
    }

    /// <summary>Ends the stream with the link over which it was requested, and frees its slot when it is disposed of.</summary>
    internal void Bind(IDisposable slot, CancellationToken linkEnded)
    {
        _slot = slot;
        // A link that is lost is noticed within seconds by its pings. The connection of a silent stream would hang forever.
        _linkEnd = linkEnded.Register(() => _finished.TrySetResult(false));
    }
}
