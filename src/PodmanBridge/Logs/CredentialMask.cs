using System.Buffers;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>
/// Replaces what has the form of a well-known credential by <c>[credential]</c>. Works on a stream of text: a word that may still become
/// a credential is held back until it cannot, or is one. What the agent writes never contains a credential of Stromboli's own, since no
/// container has one; but an agent can print what it found, or what a Secret of its run gave it.
/// </summary>
internal sealed class CredentialMask(IBufferWriter<byte> output)
{
    private static readonly (byte[] Prefix, int Least)[] Forms =
    [
        ("sk-ant-"u8.ToArray(), 16),
        ("sk-proj-"u8.ToArray(), 16),
        ("sk-svcacct-"u8.ToArray(), 16),
        ("sk-or-"u8.ToArray(), 16),
        ("ghp_"u8.ToArray(), 30),
        ("gho_"u8.ToArray(), 30),
        ("ghu_"u8.ToArray(), 30),
        ("ghs_"u8.ToArray(), 30),
        ("ghr_"u8.ToArray(), 30),
        ("github_pat_"u8.ToArray(), 30),
        ("glpat-"u8.ToArray(), 16),
        ("gldt-"u8.ToArray(), 16),
        ("glrt-"u8.ToArray(), 16),
        ("xoxa-"u8.ToArray(), 16),
        ("xoxb-"u8.ToArray(), 16),
        ("xoxp-"u8.ToArray(), 16),
        ("xoxs-"u8.ToArray(), 16),
        ("xapp-"u8.ToArray(), 16),
        ("npm_"u8.ToArray(), 30),
        ("pypi-"u8.ToArray(), 40),
        ("hf_"u8.ToArray(), 30),
        ("AKIA"u8.ToArray(), 16),
        ("ASIA"u8.ToArray(), 16),
        ("AIza"u8.ToArray(), 30),
        ("whsec_"u8.ToArray(), 24),
        // The beginning of every JSON Web Token: {"alg":
        ("eyJhbGciOi"u8.ToArray(), 16),
    ];

    private static readonly SearchValues<byte> WordBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8
    );

    private const int ShortText = 16;

    // Nearly all words are none by their first two bytes.
    private static readonly bool[] Beginnings = MakeBeginnings();

    private readonly byte[] _held = new byte[Forms.Max(form => form.Prefix.Length + form.Least)];
    private int _length;
    private State _state;

    private enum State
    {
        Between,
        Held,
        Passing,
        Masking,
    }

    /// <summary>Writes more of the text.</summary>
    public void Write(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            text = _state switch
            {
                State.Between => Between(Plain(text)),
                State.Held => Held(text),
                _ => InWord(text),
            };
        }
    }

    // Nearly all text has no beginning of a credential. All of it but its last word, which may go on, is then written as it is. The
    // searches are vectorised, which makes this some ten times as fast as looking at each word.
    private ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> text)
    {
        var whole = text[..(text.LastIndexOfAnyExcept(WordBytes) + 1)];
        if (whole.Length < ShortText)
        {
            return text;
        }

        foreach (var (prefix, _) in Forms)
        {
            if (whole.IndexOf(prefix) >= 0)
            {
                return text;
            }
        }

        output.Write(whole);
        return text[whole.Length..];
    }

    /// <summary>Writes what is held back: the text ends here.</summary>
    public void Flush()
    {
        Release(State.Between);
        _state = State.Between;
    }

    private ReadOnlySpan<byte> Between(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return text;
        }

        var start = text.IndexOfAny(WordBytes);
        if (start < 0)
        {
            output.Write(text);
            return [];
        }

        output.Write(text[..start]);
        text = text[start..];
        _state = text.Length >= 2 && !Beginnings[(text[0] << 8) | text[1]] ? State.Passing : State.Held;
        return text;
    }

    private ReadOnlySpan<byte> Held(ReadOnlySpan<byte> text)
    {
        if (!WordBytes.Contains(text[0]))
        {
            Release(State.Between);
            return text;
        }

        _held[_length++] = text[0];
        Judge();
        return text[1..];
    }

    private ReadOnlySpan<byte> InWord(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExcept(WordBytes);
        var word = end < 0 ? text : text[..end];
        if (_state == State.Passing)
        {
            output.Write(word);
        }

        if (end < 0)
        {
            return [];
        }

        _state = State.Between;
        return text[end..];
    }

    private void Judge()
    {
        var held = _held.AsSpan(0, _length);
        var possible = false;
        foreach (var (prefix, least) in Forms)
        {
            if (_length < prefix.Length ? prefix.AsSpan().StartsWith(held) : held.StartsWith(prefix))
            {
                if (_length >= prefix.Length + least)
                {
                    output.Write("[credential]"u8);
                    _length = 0;
                    _state = State.Masking;
                    return;
                }

                possible = true;
            }
        }

        if (!possible)
        {
            Release(State.Passing);
        }
    }

    private void Release(State next)
    {
        output.Write(_held.AsSpan(0, _length));
        _length = 0;
        _state = next;
    }

    private static bool[] MakeBeginnings()
    {
        var beginnings = new bool[1 << 16];
        foreach (var (prefix, _) in Forms)
        {
            beginnings[(prefix[0] << 8) | prefix[1]] = true;
        }

        return beginnings;
    }
}
