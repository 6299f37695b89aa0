namespace Stromboli.Gateway.Git.Protocol;

/// <summary>Reads packets from a stream. What follows the packets, such as a pack, is left to the caller.</summary>
internal sealed class PktReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[Pkt.Longest];
    private int _start;
    private int _end;

    /// <summary>What was read from the stream beyond the packets so far.</summary>
    public ReadOnlyMemory<byte> Rest => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Reads a packet.</summary>
    /// <exception cref="PktException">The bytes are no packet, or the stream ends within one.</exception>
    public async ValueTask<Pkt> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(Pkt.Head, cancellationToken))
        {
            return Rest.Length == 0 ? new Pkt(PktKind.End) : throw new PktException("it ends within a packet");
        }

        var length = Pkt.Length(Rest.Span);
        if (length is >= 0 and < Pkt.Head)
        {
            _start += Pkt.Head;
            return length switch
            {
                0 => new Pkt(PktKind.Flush),
                1 => new Pkt(PktKind.Delimiter),
                2 => new Pkt(PktKind.ResponseEnd),
                _ => throw new PktException("a packet has an impossible length"),
            };
        }

        if (length is < 0 or > Pkt.Longest)
        {
            throw new PktException("a packet has an impossible length");
        }

        if (!await FillAsync(length, cancellationToken))
        {
            throw new PktException("it ends within a packet");
        }

        var bytes = _buffer.AsMemory(_start + Pkt.Head, length - Pkt.Head);
        _start += length;
        return new Pkt(PktKind.Data, bytes);
    }

    private async ValueTask<bool> FillAsync(int wanted, CancellationToken cancellationToken)
    {
        if (_buffer.Length - _start < wanted)
        {
            Rest.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        while (_end - _start < wanted)
        {
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }
}
