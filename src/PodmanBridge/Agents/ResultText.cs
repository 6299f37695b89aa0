using System.Security.Cryptography;
using System.Text;
using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// The end of a text of any length, in constant memory, with the length and the digest of the whole. Invalid UTF-8 and NUL, which the
/// status cannot hold, become U+FFFD.
/// </summary>
/// <param name="statusBytes">How much of the end is kept, in bytes of UTF-8.</param>
internal sealed class ResultText(int statusBytes) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // The replacement only ever lengthens the text, so a raw tail of the same size is enough. The four extra bytes show where the first
    // character begins.
    private readonly byte[] _ring = new byte[statusBytes + 4];
    private long _bytes;

    /// <summary>Appends to the text.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        _hash.AppendData(piece);
        var skipped = Math.Max(0, piece.Length - _ring.Length);
        _bytes += skipped;
        for (var rest = piece[skipped..]; !rest.IsEmpty; )
        {
            var at = (int)(_bytes % _ring.Length);
            var fits = Math.Min(rest.Length, _ring.Length - at);
            rest[..fits].CopyTo(_ring.AsSpan(at));
            rest = rest[fits..];
            _bytes += fits;
        }
    }

    /// <summary>The text so far.</summary>
    public RunResult ToResult()
    {
        var (text, whole) = SafeTail();
        return new RunResult
        {
            Text = text,
            Truncated = !whole,
            Bytes = _bytes,
            Sha256 = Convert.ToHexStringLower(_hash.GetCurrentHash()),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private (string Text, bool Whole) SafeTail()
    {
        ReadOnlySpan<byte> tail = Tail();
        var whole = _bytes <= _ring.Length;
        if (!whole)
        {
            tail = tail[Continuations(tail)..];
        }

        var safe = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(tail).Replace('\0', '\uFFFD'));
        if (safe.Length <= statusBytes)
        {
            return (Encoding.UTF8.GetString(safe), whole);
        }

        var cut = safe.AsSpan(safe.Length - statusBytes);
        return (Encoding.UTF8.GetString(cut[Continuations(cut)..]), false);
    }

    private byte[] Tail()
    {
        if (_bytes <= _ring.Length)
        {
            return _ring[..(int)_bytes];
        }

        var at = (int)(_bytes % _ring.Length);
        return [.. _ring[at..], .. _ring[..at]];
    }

    /// <summary>The number of bytes at the beginning that belong to a character whose first byte is missing.</summary>
    private static int Continuations(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        while (count < Math.Min(3, bytes.Length) && (bytes[count] & 0xC0) == 0x80)
        {
            count++;
        }

        return count;
    }
}
