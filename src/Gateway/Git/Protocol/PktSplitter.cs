namespace Stromboli.Gateway.Git.Protocol;

/// <summary>Splits bytes that arrive in any pieces into packets. Once they are no packets, it takes no more.</summary>
internal sealed class PktSplitter(PktSplitter.Taker take)
{
    private readonly byte[] _buffer = new byte[Pkt.Longest];
    private int _length;

    /// <summary>Takes a packet.</summary>
    public delegate void Taker(PktKind kind, ReadOnlySpan<byte> bytes);

    /// <summary>Whether the bytes were no packets.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether no packet is incomplete.</summary>
    public bool IsWhole => !IsBroken && _length == 0;

    /// <summary>Takes the next bytes.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && !IsBroken)
        {
            var wanted = _length < Pkt.Head ? Pkt.Head : Pkt.Length(_buffer);
            var taken = Math.Min(wanted - _length, bytes.Length);
            bytes[..taken].CopyTo(_buffer.AsSpan(_length));
            _length += taken;
            bytes = bytes[taken..];
            if (_length >= Pkt.Head)
            {
                Complete();
            }
        }
    }

    private void Complete()
    {
        var length = Pkt.Length(_buffer);
        if (length is < 0 or 3 or > Pkt.Longest)
        {
            IsBroken = true;
            return;
        }

        if (length < Pkt.Head)
        {
            _length = 0;
            take((PktKind)(length + 1), []);
        }
        else if (_length == length)
        {
            _length = 0;
            take(PktKind.Data, _buffer.AsSpan(Pkt.Head, length - Pkt.Head));
        }
    }
}
