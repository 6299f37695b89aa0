using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// Reads the standard output of <c>--output-format=stream-json</c> as it comes, in pieces of any size. Holds one line of at most
/// <see cref="LongestLine"/>; what is longer, is no JSON, or names another conversation counts as not said. Never throws for what it reads.
/// </summary>
/// <param name="sessionID">The conversation that the CLI was told; null when it was told none: then the first that it names is it.</param>
/// <param name="statusBytes">How much of a text <see cref="Result"/> holds, in bytes.</param>
/// <param name="wholeEnvelope">Whether <see cref="Result"/> is the envelope as it came, and not the text in it.</param>
internal sealed class ClaudeOutput(string? sessionID, int statusBytes, bool wholeEnvelope = false) : IDisposable
{
    /// <summary>The longest line that is read, in bytes.</summary>
    public const int LongestLine = 16 * 1024 * 1024;

    private const int DeepestNesting = 256;

    // A parsed document takes 12 bytes for each: a line of the greatest length could hold eight million.
    private const int MostValues = 500_000;

    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly ResultText _said = new(statusBytes);
    private readonly ResultText _nothing = new(statusBytes);
    private string? _session = sessionID;
    private ResultText? _result;
    private string? _lastMessage;
    private bool _saidBefore;
    private bool _skipping;

    /// <summary>What the CLI said at its start; null if it did not.</summary>
    public ClaudeInit? Init { get; private set; }

    /// <summary>The last valid envelope; null if there was none.</summary>
    public ClaudeEnvelope? Envelope { get; private set; }

    /// <summary>Messages of the assistant so far, of the main conversation alone.</summary>
    public int Messages { get; private set; }

    /// <summary>Turns: the envelope's count, else the messages so far.</summary>
    public int Turns => Envelope?.Turns ?? Messages;

    /// <summary>The conversation's id, once the CLI has named it; null if it has not named the one that it was told.</summary>
    public string? SessionID { get; private set; }

    /// <summary>The envelope's text; without one, what the assistant has said so far. Or the envelope itself; without one, nothing.</summary>
    public RunResult Result() => (_result ?? (wholeEnvelope ? _nothing : _said)).ToResult();

    /// <summary>Reads a piece of a line.</summary>
    public void Append(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        if (endOfLine && _line.WrittenCount == 0 && !_skipping)
        {
            Line(piece);
            return;
        }

        if (!_skipping && _line.WrittenCount + piece.Length > LongestLine)
            _skipping = true;
        if (!_skipping)
            _line.Write(piece);
        if (!endOfLine)
            return;
        if (!_skipping)
            Line(_line.WrittenSpan);
        _line.ResetWrittenCount();
        _skipping = false;
    }

    /// <summary>Something is missing here: a line that has begun has no end, and what comes may be the end of another.</summary>
    public void Cut()
    {
        _line.ResetWrittenCount();
        _skipping = false;
    }

    /// <summary>Reads a whole line.</summary>
    public void Line(ReadOnlySpan<byte> line)
    {
        // Most lines are tool results of any size; of interest are three kinds.
        if (line.Length > LongestLine || (line.IndexOf("\"result\""u8) < 0 && line.IndexOf("\"assistant\""u8) < 0 && line.IndexOf("\"init\""u8) < 0))
            return;
        try
        {
            if (!IsValue(line))
                return;
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = DeepestNesting });
            using var document = JsonDocument.ParseValue(ref reader);
            Event(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not the CLI's: it writes valid JSON.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _said.Dispose();
        _nothing.Dispose();
        _result?.Dispose();
    }

    // One value of bounded size and, but for white space, nothing after it. Throws for what is no JSON.
    private static bool IsValue(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = DeepestNesting });
        var values = 0;
        while (reader.Read())
        {
            if (++values > MostValues)
                return false;
        }

        return true;
    }

    private void Event(JsonElement said)
    {
        if (said.ValueKind != JsonValueKind.Object)
            return;
        var session = Text(said, "session_id");
        if (_session is not null && session != _session)
            return;
        switch (Text(said, "type"))
        {
            case "system" when Text(said, "subtype") == "init":
                Init = new ClaudeInit { SessionID = session, Model = Text(said, "model"), Version = Text(said, "claude_code_version"), PermissionMode = Text(said, "permissionMode") };
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
            SessionID = _session = session;
    }

    private void Message(JsonElement said)
    {
        if (!said.TryGetProperty("message", out var message) || message.ValueKind != JsonValueKind.Object)
            return;
        // One message comes in several lines, one for each block of its content.
        var id = Text(message, "id");
        if (id is null || id != _lastMessage)
            Messages++;
        _lastMessage = id;
        if (!message.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.Array)
            return;
        foreach (var block in content.EnumerateArray())
        {
            if (block.ValueKind != JsonValueKind.Object || Text(block, "type") != "text" || !block.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String)
                continue;
            if (_saidBefore)
                _said.Append("\n"u8);
            AppendText(_said, text);
            _saidBefore = true;
        }
    }

    private void ReadEnvelope(JsonElement said, string? session)
    {
        if (!said.TryGetProperty("is_error", out var isError) || isError.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return;
        // The last envelope counts, also one without a text.
        _result?.Dispose();
        _result = null;
        if (wholeEnvelope)
            (_result = new ResultText(statusBytes)).Append(JsonMarshal.GetRawUtf8Value(said));
        else if (said.TryGetProperty("result", out var text) && text.ValueKind == JsonValueKind.String)
            AppendText(_result = new ResultText(statusBytes), text);
        else if (!_saidBefore && said.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array)
            AppendErrors(_result = new ResultText(statusBytes), errors);

        Envelope = new ClaudeEnvelope
        {
            IsError = isError.GetBoolean(),
            Subtype = Text(said, "subtype") ?? "",
            Turns = (int?)Number(said, "num_turns", 1_000_000),
            DurationMs = Number(said, "duration_ms", long.MaxValue),
            ApiDurationMs = Number(said, "duration_api_ms", long.MaxValue),
            PermissionDenials = said.TryGetProperty("permission_denials", out var denials) && denials.ValueKind == JsonValueKind.Array ? denials.GetArrayLength() : 0,
            SessionID = session,
            Structured = said.TryGetProperty("structured_output", out var structured) && structured.ValueKind == JsonValueKind.Object
                ? Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(structured))
                : null,
        };
    }

    // What an envelope of a run that broke off has instead of a result.
    private static void AppendErrors(ResultText result, JsonElement errors)
    {
        foreach (var error in errors.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.String))
        {
            AppendText(result, error);
            result.Append("\n"u8);
        }
    }

    private static void AppendText(ResultText result, JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text);
        JsonText.Unescape(raw[1..^1], result);
    }

    private static string? Text(JsonElement said, string name) =>
        said.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && JsonMarshal.GetRawUtf8Value(value).Length <= 256 ? value.GetString() : null;

    private static long? Number(JsonElement said, string name, long most) =>
        said.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 ? Math.Min(number, most) : null;
}
