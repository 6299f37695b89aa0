using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// Reads the standard output of <c>--output-format=stream-json</c> as it arrives, in pieces of any size. Holds one line of at most
/// <see cref="LongestLine"/>. A line that is longer, is not JSON, or names another conversation is ignored. Never throws because of what it
/// reads. One run may report several results: when a command that was moved to the background ends, the CLI (seen in 2.1.329) asks the
/// model once more and reports another result.
/// </summary>
/// <param name="sessionID">
/// The conversation that the CLI was told to use; null if it was not told one. Then the first conversation that it names counts.
/// </param>
/// <param name="statusBytes">How much of a text <see cref="Result"/> holds, in bytes.</param>
/// <param name="wholeEnvelope">Whether <see cref="Result"/> is the whole envelope rather than its text.</param>
internal sealed class ClaudeOutput(string? sessionID, int statusBytes, bool wholeEnvelope = false) : IDisposable
{
    /// <summary>The longest line that is read, in bytes.</summary>
    public const int LongestLine = 16 * 1024 * 1024;

    private const int DeepestNesting = 256;

    // A parsed document takes 12 bytes for each value, and a line of the greatest length could hold eight million values.
    private const int MostValues = 500_000;

    private const int MostErrorBytes = 8192;

    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly ClaudeAnswers _answers = new(statusBytes);
    private string? _session = sessionID;
    private ResultText? _document;
    private string? _lastMessage;
    private int _messagesAtEnvelope;
    private bool _skipping;

    /// <summary>What the CLI reported at its start; null if it reported nothing.</summary>
    public ClaudeInit? Init { get; private set; }

    /// <summary>All valid envelopes combined; null if there was none.</summary>
    public ClaudeEnvelope? Envelope { get; private set; }

    /// <summary>
    /// What the CLI reported, under any conversation's id, when it gave up before its start; null if it reported nothing.
    /// </summary>
    public string? StartError { get; private set; }

    /// <summary>Number of assistant messages so far, in the main conversation only.</summary>
    public int Messages { get; private set; }

    /// <summary>
    /// Number of turns: the count in the envelopes plus the messages since the last envelope. Without an envelope, the messages so far.
    /// </summary>
    public int Turns => Envelope?.Turns is { } counted ? counted + (Messages - _messagesAtEnvelope) : Messages;

    /// <summary>
    /// The conversation's id; null until the CLI has named the conversation that it was told to use, or any if it was told none.
    /// </summary>
    public string? SessionID { get; private set; }

    /// <summary>
    /// The answers as the CLI prints them in text mode: a blank line between two, and at the end what the assistant has said since the last
    /// envelope. Alternatively the envelope, or nothing if there was none. If part of the output was lost, the result is truncated and has
    /// no length and no digest.
    /// </summary>
    public RunResult Result()
    {
        if (!wholeEnvelope)
        {
            return _answers.ToResult(Envelope?.ResultsLost == true);
        }

        using var nothing = new ResultText(statusBytes);
        var document = (_document ?? nothing).ToResult();
        return Envelope is { } all && (all.ResultsLost || (all.Results > 1 && _answers.AreCut))
            ? document with
            {
                Truncated = true,
                Bytes = null,
                Sha256 = null,
            }
            : document;
    }

    /// <summary>Reads a piece of a line.</summary>
    public void Append(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        if (endOfLine && _line.WrittenCount == 0 && !_skipping)
        {
            Line(piece);
            return;
        }

        if (!_skipping && _line.WrittenCount + piece.Length > LongestLine)
        {
            _skipping = true;
        }

        if (!_skipping)
        {
            _line.Write(piece);
        }

        if (!endOfLine)
        {
            return;
        }

        if (!_skipping)
        {
            Line(_line.WrittenSpan);
        }

        _line.ResetWrittenCount();
        _skipping = false;
    }

    /// <summary>
    /// Notes that output is missing here. A line that has begun has no end, and the next piece may be the end of another line.
    /// </summary>
    public void Cut()
    {
        _line.ResetWrittenCount();
        _skipping = false;
    }

    /// <summary>Reads a whole line.</summary>
    public void Line(ReadOnlySpan<byte> line)
    {
        // Most lines are tool results of any size. Only three kinds matter here.
        if (
            line.Length > LongestLine
            || (line.IndexOf("\"result\""u8) < 0 && line.IndexOf("\"assistant\""u8) < 0 && line.IndexOf("\"init\""u8) < 0)
        )
        {
            return;
        }

        try
        {
            if (!IsValue(line))
            {
                return;
            }

            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = DeepestNesting });
            using var document = JsonDocument.ParseValue(ref reader);
            Event(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The CLI did not write this line, since it writes valid JSON.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _answers.Dispose();
        _document?.Dispose();
    }

    // Accepts one value of bounded size, followed by nothing but white space. Throws for anything that is not JSON.
    private static bool IsValue(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = DeepestNesting });
        var values = 0;
        while (reader.Read())
        {
            if (++values > MostValues)
            {
                return false;
            }
        }

        return true;
    }

    private void Event(JsonElement said)
    {
        if (said.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var session = Text(said, "session_id");
        if (_session is not null && session != _session)
        {
            ReadStartError(said);
            return;
        }

        switch (Text(said, "type"))
        {
            case "system" when Text(said, "subtype") == "init":
                Init = new ClaudeInit
                {
                    SessionID = session,
                    Model = Text(said, "model"),
                    Version = Text(said, "claude_code_version"),
                    PermissionMode = Text(said, "permissionMode"),
                };
                break;
            case "assistant" when !said.TryGetProperty("parent_tool_use_id", out var parent) || parent.ValueKind == JsonValueKind.Null:
                Message(said);
                break;
            case "result":
                ReadEnvelope(said, session);
                break;
            default:
                return;
        }

        if (Guid.TryParseExact(session, "D", out _))
        {
            SessionID = _session = session;
        }
    }

    private void Message(JsonElement said)
    {
        if (!said.TryGetProperty("message", out var message) || message.ValueKind != JsonValueKind.Object)
        {
            return;
        }
        // One message arrives as several lines, one for each block of its content.
        var id = Text(message, "id");
        if (id is null || id != _lastMessage)
        {
            Messages++;
        }

        _lastMessage = id;
        if (!message.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (var block in content.EnumerateArray())
        {
            if (
                block.ValueKind != JsonValueKind.Object
                || Text(block, "type") != "text"
                || !block.TryGetProperty("text", out var text)
                || text.ValueKind != JsonValueKind.String
            )
            {
                continue;
            }

            _answers.Say(text);
        }
    }

    // A CLI that could not read its configuration names a conversation of its own making. Its envelope does not report an end, only why the
    // CLI did not begin.
    private void ReadStartError(JsonElement said)
    {
        if (
            Init is not null
            || Messages > 0
            || Envelope is not null
            || StartError is not null
            || Text(said, "type") != "result"
            || Number(said, "num_turns", 1) != 0
            || !said.TryGetProperty("is_error", out var isError)
            || isError.ValueKind != JsonValueKind.True
            || !said.TryGetProperty("errors", out var errors)
            || errors.ValueKind != JsonValueKind.Array
            || FirstError(errors) is not { } error
        )
        {
            return;
        }

        StartError = error;
        _answers.AnswerWithoutText(errors);
        if (wholeEnvelope)
        {
            (_document = new ResultText(statusBytes)).Append(JsonMarshal.GetRawUtf8Value(said));
        }
    }

    private static string? FirstError(JsonElement errors) =>
        errors
            .EnumerateArray()
            .Where(error => error.ValueKind == JsonValueKind.String)
            .Select(error => ClaudeAnswers.TextOf(error, MostErrorBytes))
            .FirstOrDefault();

    private void ReadEnvelope(JsonElement said, string? session)
    {
        if (!said.TryGetProperty("is_error", out var isError) || isError.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            return;
        }

        JsonElement? errors = said.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array ? list : null;
        var index = Number(said, "result_index", long.MaxValue);
        if (index == 0 && Envelope is { } foreign)
        {
            // The CLI numbers its results from 0 (seen in 2.1.329), so anything before its first result was not written by the CLI. But if
            // one of the earlier results had a number, a failure among them remains.
            _answers.Forget();
            Envelope = foreign.IsNumbered ? foreign.OnlyFailure() : null;
        }

        if (said.TryGetProperty("result", out var text) && text.ValueKind == JsonValueKind.String)
        {
            _answers.Answer(text);
        }
        else
        {
            _answers.AnswerWithoutText(errors);
        }

        var envelope = new ClaudeEnvelope
        {
            IsError = isError.GetBoolean(),
            Subtype = Text(said, "subtype") ?? "",
            Turns = (int?)Number(said, "num_turns", ClaudeEnvelope.MostTurns),
            DurationMs = Number(said, "duration_ms", ClaudeEnvelope.LongestMs),
            ApiDurationMs = Number(said, "duration_api_ms", ClaudeEnvelope.LongestMs),
            PermissionDenials =
                said.TryGetProperty("permission_denials", out var denials) && denials.ValueKind == JsonValueKind.Array
                    ? denials.GetArrayLength()
                    : 0,
            SessionID = session,
            Structured =
                said.TryGetProperty("structured_output", out var structured) && structured.ValueKind == JsonValueKind.Object
                    ? Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(structured))
                    : null,
            Error = errors is { } told ? FirstError(told) : null,
            IsNumbered = index is not null,
            ResultsLost = index > (Envelope?.Results ?? 0),
        };
        Envelope = Envelope is { } before ? before.Then(envelope) : envelope;
        _messagesAtEnvelope = Messages;
        if (wholeEnvelope)
        {
            WriteDocument(said, Envelope);
        }
    }

    // A single envelope is returned as it came. Several become one document: the last envelope, with the answers and the turns of all.
    private void WriteDocument(JsonElement said, ClaudeEnvelope all)
    {
        _document?.Dispose();
        _document = new ResultText(statusBytes);
        if (all.Results == 1)
        {
            _document.Append(JsonMarshal.GetRawUtf8Value(said));
            return;
        }

        var bytes = new ArrayBufferWriter<byte>();
        using (
            var writer = new Utf8JsonWriter(
                bytes,
                new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }
            )
        )
        {
            writer.WriteStartObject();
            foreach (
                var member in said.EnumerateObject().Where(member => !(member.NameEquals("result"u8) || member.NameEquals("num_turns"u8)))
            )
            {
                writer.WritePropertyName(member.Name);
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
            }

            writer.WriteNumber("num_turns"u8, all.Turns ?? 0);
            writer.WriteString("result"u8, _answers.ToResult(lost: false).Text);
            writer.WriteEndObject();
        }

        _document.Append(bytes.WrittenSpan);
    }

    private static string? Text(JsonElement said, string name) =>
        said.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && JsonMarshal.GetRawUtf8Value(value).Length <= 256
            ? value.GetString()
            : null;

    private static long? Number(JsonElement said, string name, long most) =>
        said.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
        && number >= 0
            ? Math.Min(number, most)
            : null;
}
