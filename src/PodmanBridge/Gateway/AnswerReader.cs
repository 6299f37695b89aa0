using System.Buffers;
using System.Text.Json;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>
/// Reads an answer as it passes by, in pieces of any size, and remembers what the ledger needs. Holds at most <see cref="LongestLine"/> of a stream
/// or <see cref="LongestMessage"/> of a whole message; what is longer is let pass unread. Never throws for what an upstream sends.
/// </summary>
internal sealed class AnswerReader(bool stream)
{
    /// <summary>The longest line of a stream that is read, in bytes. Those that carry usage are far shorter.</summary>
    public const int LongestLine = 256 * 1024;

    /// <summary>The longest whole message that is read, in bytes.</summary>
    public const int LongestMessage = 8 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _held = new(1024);
    private bool _skipping;
    private bool _final;

    /// <summary>What the answer has said so far.</summary>
    public AnswerFacts Facts { get; private set; } = AnswerFacts.None;

    /// <summary>Reads on; true when <see cref="Facts"/> changed.</summary>
    public bool Read(ReadOnlySpan<byte> bytes)
    {
        var before = Facts;
        if (stream)
            ReadLines(bytes);
        else
            Hold(bytes, LongestMessage);
        return Facts != before;
    }

    /// <summary>The answer is over, and came whole; true when <see cref="Facts"/> changed.</summary>
    public bool Finish()
    {
        var before = Facts;
        if (!stream && !_skipping)
            ReadEvent(_held.WrittenSpan);
        if (_final)
            Facts = Facts with { Complete = true };
        return Facts != before;
    }

    private void ReadLines(ReadOnlySpan<byte> bytes)
    {
        for (int end; (end = bytes.IndexOf((byte)'\n')) >= 0; bytes = bytes[(end + 1)..])
        {
            if (_held.WrittenCount == 0 && !_skipping)
            {
                ReadLine(bytes[..end]);
                continue;
            }

            Hold(bytes[..end], LongestLine);
            if (!_skipping)
                ReadLine(_held.WrittenSpan);
            _held.ResetWrittenCount();
            _skipping = false;
        }

        Hold(bytes, LongestLine);
    }

    private void Hold(ReadOnlySpan<byte> bytes, int most)
    {
        if (_skipping || bytes.IsEmpty)
            return;
        if (_held.WrittenCount + bytes.Length > most)
        {
            _skipping = true;
            _held.ResetWrittenCount();
            return;
        }

        _held.Write(bytes);
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("data:"u8))
            return;
        var data = line["data:"u8.Length..];
        // Most lines are pieces of text; only these four kinds say anything to the ledger.
        if (data.IndexOf("message_start"u8) >= 0 || data.IndexOf("message_delta"u8) >= 0 || data.IndexOf("message_stop"u8) >= 0 || data.IndexOf("\"error\""u8) >= 0)
            ReadEvent(data);
    }

    private void ReadEvent(ReadOnlySpan<byte> json)
    {
        AnswerEvent? said;
        try
        {
            said = JsonSerializer.Deserialize(json.Trim(" \r\t"u8), AnswerJson.Default.AnswerEvent);
        }
        catch (JsonException)
        {
            return;
        }

        Facts = said?.Type switch
        {
            "message_start" => Facts with { Model = Model(said.Message?.Model), Usage = Grow(said.Message?.Usage) },
            "message_delta" => Delta(said.Usage),
            "message_stop" => Facts with { Complete = Facts.Usage is not null },
            "message" => Whole(said),
            "error" => Facts with { ErrorType = ErrorType(said.Error?.Type) },
            _ => Facts,
        };
    }

    private AnswerFacts Delta(AnswerUsage? usage)
    {
        _final |= usage is not null;
        return Facts with { Usage = Grow(usage) };
    }

    private AnswerFacts Whole(AnswerEvent message)
    {
        _final = message.Usage is not null;
        return Facts with { Model = Model(message.Model), Usage = Grow(message.Usage) };
    }

    private TokenUsage? Grow(AnswerUsage? usage) =>
        usage is null ? Facts.Usage : TokenUsage.Max(Facts.Usage ?? TokenUsage.Zero, usage.ToTokens());

    private string? Model(string? name) => name is { Length: > 0 and <= 256 } && !name.Any(char.IsControl) ? name : Facts.Model;

    private static string ErrorType(string? type) => type is { Length: > 0 and <= 64 } && type.All(c => char.IsAsciiLetter(c) || c == '_') ? type : "error";
}
