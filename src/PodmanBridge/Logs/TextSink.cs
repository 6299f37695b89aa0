using System.Buffers;
using System.Text;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>
/// Writes text for a person's terminal. What comes from the agent loses everything that a terminal would obey, and its lines cannot look
/// like notices of ours, which begin with <see cref="Mark"/>.
/// </summary>
internal sealed class TextSink(IBufferWriter<byte> output)
{
    /// <summary>What a notice begins with.</summary>
    public const char Mark = '\u25B8';

    private const char OtherMark = '\u25B9';

    private static readonly SearchValues<byte> Printable = SearchValues.Create([
        .. Enumerable.Range(0x20, 0x5F).Select(value => (byte)value),
    ]);

    private readonly CredentialMask _mask = new(output);
    private readonly byte[] _cut = new byte[4];
    private int _cutLength;
    private bool _afterReturn;

    /// <summary>Whether the next character begins a line.</summary>
    public bool IsLineStart { get; private set; } = true;

    /// <summary>The id of a call that was just written, and whose outcome can follow in the same line; null if there is none.</summary>
    public string? OpenCall { get; set; }

    /// <summary>Writes text of the agent. A character may be cut between two calls.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return;
        }

        if (OpenCall is not null)
        {
            EndLine();
        }

        Span<byte> rest = stackalloc byte[4];
        while (_cutLength > 0 && !utf8.IsEmpty)
        {
            _cut[_cutLength++] = utf8[0];
            utf8 = utf8[1..];
            var status = Rune.DecodeFromUtf8(_cut.AsSpan(0, _cutLength), out var rune, out var consumed);
            if (status == OperationStatus.NeedMoreData)
            {
                continue;
            }

            var restLength = _cutLength - consumed;
            _cut.AsSpan(consumed, restLength).CopyTo(rest);
            _cutLength = 0;
            Character(rune);
            Text(rest[..restLength]);
        }

        while (!utf8.IsEmpty)
        {
            var plain = utf8.IndexOfAnyExcept(Printable);
            if (plain != 0)
            {
                Put(plain < 0 ? utf8 : utf8[..plain]);
                utf8 = plain < 0 ? [] : utf8[plain..];
                continue;
            }

            if (Rune.DecodeFromUtf8(utf8, out var rune, out var consumed) == OperationStatus.NeedMoreData)
            {
                utf8.CopyTo(_cut);
                _cutLength = utf8.Length;
                return;
            }

            Character(rune);
            utf8 = utf8[consumed..];
        }
    }

    /// <summary>The agent's text ends here. Ends a character that is cut, and the line.</summary>
    public void EndLine()
    {
        if (_cutLength > 0)
        {
            _cutLength = 0;
            Put(Rune.ReplacementChar);
        }

        OpenCall = null;
        _afterReturn = false;
        if (!IsLineStart)
        {
            NewLine();
        }
    }

    /// <summary>The log ends here.</summary>
    public void Finish()
    {
        EndLine();
        _mask.Flush();
    }

    /// <summary>Begins a notice in a line of its own.</summary>
    public void BeginNotice(bool indented = false)
    {
        EndLine();
        if (indented)
        {
            Put("  "u8);
        }

        Put(new Rune(Mark));
        Put(" "u8);
    }

    /// <summary>Writes our own words, in ASCII.</summary>
    public void Words(ReadOnlySpan<byte> ascii)
    {
        if (!ascii.IsEmpty)
        {
            Put(ascii);
        }
    }

    /// <summary>Writes our own words, in ASCII.</summary>
    public void Words(string ascii) => Words(Encoding.ASCII.GetBytes(ascii));

    /// <summary>
    /// Writes a complete text of the agent within a line: white space becomes one space, and what is longer than the bound is left out.
    /// </summary>
    /// <param name="utf8">The text.</param>
    /// <param name="most">The most characters.</param>
    public void Inline(ReadOnlySpan<byte> utf8, int most)
    {
        var space = false;
        var any = false;
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var consumed);
            utf8 = utf8[consumed..];
            if (Rune.IsWhiteSpace(rune))
            {
                space = any;
                continue;
            }

            if (most-- <= 0)
            {
                Put(new Rune('\u2026'));
                return;
            }

            if (space)
            {
                Put(" "u8);
                most--;
            }

            (any, space) = (true, false);
            Put(UnsafeCharacters.Contains(rune) ? Rune.ReplacementChar : rune);
        }
    }

    private void Character(Rune rune)
    {
        switch (rune.Value)
        {
            case '\n' when _afterReturn:
                _afterReturn = false;
                break;
            case '\n':
                NewLine();
                break;
            // A return without a newline overwrites a line on a terminal, as progress bars do. Here each of its states is a line.
            case '\r' when IsLineStart:
                break;
            case '\r':
                NewLine();
                _afterReturn = true;
                break;
            case '\t':
                Put("\t"u8);
                break;
            case Mark when IsLineStart:
                Put(new Rune(OtherMark));
                break;
            default:
                Put(UnsafeCharacters.Contains(rune) ? Rune.ReplacementChar : rune);
                break;
        }
    }

    private void Put(Rune rune)
    {
        Span<byte> bytes = stackalloc byte[4];
        Put(bytes[..rune.EncodeToUtf8(bytes)]);
    }

    private void Put(ReadOnlySpan<byte> safe)
    {
        IsLineStart = _afterReturn = false;
        _mask.Write(safe);
    }

    private void NewLine()
    {
        _mask.Write("\n"u8);
        IsLineStart = true;
    }
}
