using System.Buffers;
using System.Text.Json;
using Stromboli.Gateway.Accounting;

namespace Stromboli.Gateway.Model;

/// <summary>
/// Reads an answer in pieces of any size while it is relayed, and remembers what the ledger needs. It buffers at most
/// <see cref="LongestLine"/> of a stream or <see cref="LongestMessage"/> of a whole message, and ignores what is longer. It never throws
/// because of what an upstream sends.
/// </summary>
internal sealed class AnswerReader(bool stream)
{
    /// <summary>The longest line of a stream that is read, in bytes. Those that carry usage are far shorter.</summary>
    public const int LongestLine = 256 * 1024;

    /// <summary>The longest whole message that is read, in bytes.</summary>
    public const int LongestMessage = 8 * 1024 * 1024;

    private const int MostModels = 8;

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
        {
            ReadLines(bytes);
        }
        else
        {
            Hold(bytes, LongestMessage);
        }

        return Facts != before;
    }

    /// <summary>The answer is over, and came whole; true when <see cref="Facts"/> changed.</summary>
    public bool Finish()
    {
        var before = Facts;
        if (!stream && !_skipping)
        {
            ReadEvent(_held.WrittenSpan);
        }

        if (_final)
        {
            Facts = Facts with { Complete = true };
        }

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
            {
                ReadLine(_held.WrittenSpan);
            }

            _held.ResetWrittenCount();
            _skipping = false;
        }

        Hold(bytes, LongestLine);
    }

    private void Hold(ReadOnlySpan<byte> bytes, int most)
    {
        if (_skipping || bytes.IsEmpty)
        {
            return;
        }

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
        {
            return;
        }

        var data = line["data:"u8.Length..];
        // Most lines are pieces of text. Only these four kinds matter to the ledger.
        if (
            data.IndexOf("message_start"u8) >= 0
            || data.IndexOf("message_delta"u8) >= 0
            || data.IndexOf("message_stop"u8) >= 0
            || data.IndexOf("\"error\""u8) >= 0
        )
        {
            ReadEvent(data);
        }
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
            // A usage that cannot be read counts as unknown.
            Facts = Facts with
            {
                HasUnknown = true,
            };
            return;
        }

        Facts = said?.Type switch
        {
            "message_start" => Use(Facts with { Model = Model(said.Message?.Model) }, said.Message?.Usage),
            "message_delta" => Last(Facts, said.Usage),
            "message_stop" => Facts with { Complete = _final },
            "message" => Last(Facts with { Model = Model(said.Model) }, said.Usage),
            "error" => Facts with { ErrorType = ErrorType(said.Error?.Type) },
            _ => Facts,
        };
    }

    private AnswerFacts Last(AnswerFacts facts, AnswerUsage? usage)
    {
        _final |= usage is not null;
        return Use(facts, usage);
    }

    private static AnswerFacts Use(AnswerFacts facts, AnswerUsage? usage)
    {
        if (usage is null)
        {
            return facts;
        }

        var (own, others) = Split(usage, facts.Model);
        return facts with
        {
            Usage = TokenUsage.Max(facts.Usage ?? TokenUsage.Zero, own),
            OtherModels = others.Count == 0 ? facts.OtherModels : Grow(facts.OtherModels, others),
            HasUnknown = facts.HasUnknown || usage.HasUnknown || others.Count > MostModels,
        };
    }

    // The totals leave out what it took to summarise the context or to ask an advisor; the sum of the iterations does not. If both are
    // present, the larger counts.
    private static (TokenUsage Own, Dictionary<string, TokenUsage> Others) Split(AnswerUsage usage, string? model)
    {
        var (own, others) = (TokenUsage.Zero, new Dictionary<string, TokenUsage>());
        foreach (var iteration in usage.Iterations ?? [])
        {
            if (iteration is null)
            {
                continue;
            }

            if (
                iteration.Type == "message"
                || iteration.Model is not { Length: > 0 and <= 256 } other
                || other == model
                || other.Any(char.IsControl)
            )
            {
                own += iteration.ToTokens();
            }
            else
            {
                others[other] = others.GetValueOrDefault(other, TokenUsage.Zero) + iteration.ToTokens();
            }
        }

        return (TokenUsage.Max(usage.ToTokens(), own), others);
    }

    private static Dictionary<string, TokenUsage> Grow(IReadOnlyDictionary<string, TokenUsage>? before, Dictionary<string, TokenUsage> now)
    {
        foreach (var (model, usage) in before ?? new Dictionary<string, TokenUsage>())
        {
            now[model] = TokenUsage.Max(usage, now.GetValueOrDefault(model, TokenUsage.Zero));
        }

        return now;
    }

    private string? Model(string? name) => name is { Length: > 0 and <= 256 } && !name.Any(char.IsControl) ? name : Facts.Model;

    private static string ErrorType(string? type) =>
        type is { Length: > 0 and <= 64 } && type.All(c => char.IsAsciiLetter(c) || c == '_') ? type : "error";
}
