using Stromboli.Cli.Output;

namespace Stromboli.Cli.Streams;

/// <summary>Keeps the last lines of what it gets until they are asked for, then hands everything on.</summary>
/// <param name="next">Gets the lines.</param>
/// <param name="lines">How many lines to keep.</param>
internal sealed class TailSink(IByteSink next, int lines) : IByteSink
{
    /// <summary>The most bytes that are kept. Longer lines lose their beginning.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private byte[] _kept = [];
    private bool _released;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_released)
        {
            next.Write(bytes);
            return;
        }

        _kept = [.. _kept, .. bytes];
        Shorten();
    }

    /// <summary>Hands the kept lines on, and from now on everything at once.</summary>
    public void Release()
    {
        _released = true;
        next.Write(_kept);
        _kept = [];
    }

    private void Shorten()
    {
        var start = lines == 0 ? _kept.Length : 0;
        // A line end at the very end closes the last line and does not begin another.
        var end = _kept.Length - 1;
        for (var i = 0; i < lines && end >= 0; i++)
        {
            start = _kept.AsSpan(0, end).LastIndexOf((byte)'\n') + 1;
            end = start - 1;
        }

        _kept = _kept[Math.Max(start, _kept.Length - MaxBytes)..];
    }
}
