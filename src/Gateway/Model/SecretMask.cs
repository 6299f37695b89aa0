using System.Text;

namespace Stromboli.Gateway.Model;

/// <summary>
/// Overwrites a secret in a stream of pieces of any size. A possible beginning of the secret is held back until the next piece decides.
/// Lengths do not change.
/// </summary>
internal sealed class SecretMask
{
    /// <summary>A shorter one is not masked: it would be found everywhere, and no real credential is so short.</summary>
    public const int Shortest = 8;

    private readonly byte[] _secret;
    private byte[] _work = [];
    private int _released;
    private int _held;

    public SecretMask(string secret) => _secret = secret.Length < Shortest ? [] : Encoding.UTF8.GetBytes(secret);

    /// <summary>What may be passed on after one more piece; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Next(ReadOnlySpan<byte> piece)
    {
        Shift();
        var length = _held + piece.Length;
        if (_work.Length < length)
        {
            Array.Resize(ref _work, Math.Max(length, 2 * _work.Length));
        }

        piece.CopyTo(_work.AsSpan(_held));
        Mask(_work.AsSpan(0, length));
        var hold = Suffix(_work.AsSpan(0, length));
        return Release(length - hold, length);
    }

    /// <summary>What was held back when there is no more.</summary>
    public ReadOnlyMemory<byte> Rest()
    {
        var length = _held;
        Shift();
        _held = 0;
        return _work.AsMemory(0, length);
    }

    private ReadOnlyMemory<byte> Release(int upTo, int length)
    {
        // The held part moves to the front at the next call, when the released part has been used.
        _released = upTo;
        _held = length - upTo;
        return _work.AsMemory(0, upTo);
    }

    private void Shift()
    {
        _work.AsSpan(_released, _held).CopyTo(_work);
        _released = 0;
    }

    private void Mask(Span<byte> bytes)
    {
        if (_secret.Length == 0)
        {
            return;
        }

        for (int at; (at = bytes.IndexOf(_secret)) >= 0; bytes = bytes[(at + _secret.Length)..])
        {
            bytes.Slice(at, _secret.Length).Fill((byte)'*');
        }
    }

    /// <summary>The length of the longest end of some bytes that the secret begins with.</summary>
    private int Suffix(ReadOnlySpan<byte> bytes)
    {
        for (var length = Math.Min(_secret.Length - 1, bytes.Length); length > 0; length--)
        {
            if (bytes[^length..].SequenceEqual(_secret.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }
}
