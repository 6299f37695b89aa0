using System.Text;

namespace Stromboli.Kubernetes;

/// <summary>
/// An HTTP/1.1 connection that writes a line break wherever a header's value has <see cref="Break"/>. <see cref="HttpClient"/> joins the
/// values of one header by commas (.NET 10.0, also in HTTP/2), and the API server takes each line of <c>Impersonate-Group</c> for one
/// group: <c>a, b</c> would be a single group of that name. It may go when <see cref="HttpClient"/> can repeat a header. .NET writes all
/// headers of a request at once; if a break were ever cut in two, the server would know no such group, and refuse.
/// </summary>
internal sealed class HeaderLines(Stream connection) : Stream
{
    private static readonly byte[] BreakBytes;

    static HeaderLines()
    {
        // Random, so that neither a name nor a body can hold it.
        Break = $"{Guid.NewGuid():N}{Guid.NewGuid():N}";
        BreakBytes = Encoding.ASCII.GetBytes(Break);
    }

    /// <summary>Stands for a line break in a header's value.</summary>
    public static string Break { get; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => connection.Read(buffer, offset, count);

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => connection.Write(WithLines(buffer.AsMemory(offset, count)).Span);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.WriteAsync(WithLines(buffer), cancellationToken);

    /// <inheritdoc/>
    public override void Flush() => connection.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connection.Dispose();
        }

        base.Dispose(disposing);
    }

    private static ReadOnlyMemory<byte> WithLines(ReadOnlyMemory<byte> written)
    {
        var next = written.Span.IndexOf(BreakBytes);
        if (next < 0)
        {
            return written;
        }

        using var lines = new MemoryStream(written.Length);
        var rest = written.Span;
        for (; next >= 0; next = rest.IndexOf(BreakBytes))
        {
            lines.Write(rest[..next]);
            lines.Write("\r\n"u8);
            rest = rest[(next + BreakBytes.Length)..];
        }

        lines.Write(rest);
        return lines.ToArray();
    }
}
