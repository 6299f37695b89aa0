using System.Buffers;
using System.Net;

namespace Stromboli.Gateway.Git;

/// <summary>
/// What is sent to a server for a push: our own bytes of its commands, then the pack as it arrives from git. It stops as soon as the run may
/// not push any more; the server then throws away what it has.
/// </summary>
internal sealed class PushContent(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> begun, PushBody body, long? length, Func<bool> mayGo)
    : HttpContent
{
    private const int PieceSize = 64 * 1024;

    /// <summary>Called before each piece, so that a server that takes none is noticed.</summary>
    public required Action Progressed { get; init; }

    /// <summary>Whether all of it was sent.</summary>
    public bool IsSent { get; private set; }

    /// <summary>Whether it stopped because the run may not push any more.</summary>
    public bool WasStopped { get; private set; }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await SendAsync(stream, head, cancellationToken);
        await SendAsync(stream, begun, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0; )
            {
                await SendAsync(stream, buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // The end of the body is what lets the server act.
        Check();
        IsSent = true;
        Progressed();
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length1)
    {
        length1 = length ?? 0;
        return length is not null;
    }

    private async Task SendAsync(Stream stream, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        Check();
        Progressed();
        await stream.WriteAsync(piece, cancellationToken);
    }

    private void Check()
    {
        if (!mayGo())
        {
            WasStopped = true;
            throw new IOException("The run may not push any more.");
        }
    }
}
