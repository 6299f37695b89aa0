using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Stromboli.PodmanBridge.Conversations;

/// <summary>One message of a transcript.</summary>
internal sealed class TranscriptMessage
{
    /// <summary>The most characters of one text. A longer one is cut.</summary>
    private const int MostText = 256 * 1024;

    /// <summary>The role of a line that cannot be read.</summary>
    private const string UnreadableRole = "unreadable";

    private readonly StringBuilder _text = new();
    private readonly List<(string? ID, string? Name, string? Input)> _calls = [];
    private readonly List<(string? ID, string Text, bool IsError)> _results = [];
    private bool _truncated;
    private string? _role;
    private string? _messageID;
    private string? _model;
    private string? _time;
    private (long Input, long Output, long CacheRead, long CacheCreation)? _usage;

    private TranscriptMessage() { }

    /// <summary>The message in a line that <see cref="TranscriptLine.Classify"/> takes for one.</summary>
    public static TranscriptMessage Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = TranscriptLine.MaxDepth });
            var message = new TranscriptMessage();
            message.Take(document.RootElement);
            return message;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Unreadable("it is not JSON in UTF-8");
        }
    }

    /// <summary>What stands for a line that cannot be read.</summary>
    /// <param name="why">Why, as the end of a sentence.</param>
    public static TranscriptMessage Unreadable(string why)
    {
        var message = new TranscriptMessage { _role = UnreadableRole };
        message._text.Append("A line of the transcript is left out: ").Append(why).Append('.');
        return message;
    }

    /// <summary>Writes the message as a JSON object.</summary>
    public void WriteTo(Utf8JsonWriter json, long index)
    {
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteString("role", _role);
        WriteIf(json, "time", _time);
        WriteIf(json, "messageID", _messageID);
        WriteIf(json, "model", _model);
        json.WriteString("text", _text.ToString());
        WriteCalls(json);
        WriteResults(json);
        if (_usage is { } usage)
        {
            json.WriteStartObject("usage");
            json.WriteNumber("inputTokens", usage.Input);
            json.WriteNumber("outputTokens", usage.Output);
            json.WriteNumber("cacheReadTokens", usage.CacheRead);
            json.WriteNumber("cacheCreationTokens", usage.CacheCreation);
            json.WriteEndObject();
        }

        if (_truncated)
        {
            json.WriteBoolean("truncated", true);
        }

        json.WriteEndObject();
    }

    private static void WriteIf(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private void WriteCalls(Utf8JsonWriter json)
    {
        if (_calls.Count == 0)
        {
            return;
        }

        json.WriteStartArray("toolCalls");
        foreach (var (id, name, input) in _calls)
        {
            json.WriteStartObject();
            WriteIf(json, "id", id);
            WriteIf(json, "name", name);
            if (input is not null)
            {
                json.WritePropertyName("input");
                json.WriteRawValue(input);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteResults(Utf8JsonWriter json)
    {
        if (_results.Count == 0)
        {
            return;
        }

        json.WriteStartArray("toolResults");
        foreach (var (id, text, isError) in _results)
        {
            json.WriteStartObject();
            WriteIf(json, "id", id);
            json.WriteString("text", text);
            json.WriteBoolean("isError", isError);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Take(JsonElement line)
    {
        var message = line.GetProperty("message");
        _role = Text(message, "role") ?? Text(line, "type");
        _time = Time(Text(line, "timestamp"));
        _messageID = Text(message, "id");
        _model = Text(message, "model");
        if (message.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
        {
            _usage = (
                Number(usage, "input_tokens"),
                Number(usage, "output_tokens"),
                Number(usage, "cache_read_input_tokens"),
                Number(usage, "cache_creation_input_tokens")
            );
        }

        var content = message.GetProperty("content");
        if (content.ValueKind == JsonValueKind.String)
        {
            Append(_text, content.GetString()!);
            return;
        }

        foreach (var block in content.EnumerateArray().Where(block => block.ValueKind == JsonValueKind.Object))
        {
            Take(Text(block, "type"), block);
        }
    }

    private void Take(string? type, JsonElement block)
    {
        switch (type)
        {
            case "text":
                Append(_text, Text(block, "text") ?? "");
                break;
            case "thinking" or "redacted_thinking" or null:
                break;
            case "tool_use":
                _calls.Add((Text(block, "id"), Text(block, "name"), Input(block)));
                break;
            case "tool_result":
                var text = new StringBuilder();
                TakeResult(text, block);
                _results.Add(
                    (
                        Text(block, "tool_use_id"),
                        text.ToString(),
                        block.TryGetProperty("is_error", out var error) && error.ValueKind == JsonValueKind.True
                    )
                );
                break;
            default:
                Append(_text, $"[{type}]");
                break;
        }
    }

    private void TakeResult(StringBuilder to, JsonElement block)
    {
        if (!block.TryGetProperty("content", out var content))
        {
            return;
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            Append(to, content.GetString()!);
        }
        else if (content.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in content.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object))
            {
                Append(to, Text(part, "type") is "text" ? Text(part, "text") ?? "" : $"[{Text(part, "type")}]");
            }
        }
    }

    private string? Input(JsonElement block)
    {
        if (!block.TryGetProperty("input", out var input))
        {
            return null;
        }

        var text = input.GetRawText();
        _truncated |= text.Length > MostText;
        return text.Length > MostText ? null : text;
    }

    private void Append(StringBuilder to, string text)
    {
        if (to.Length > 0 && text.Length > 0)
        {
            to.Append('\n');
        }

        var room = Math.Max(0, MostText - to.Length);
        _truncated |= text.Length > room;
        // A character outside the basic plane is not cut in two.
        var length =
            text.Length <= room ? text.Length
            : room > 0 && char.IsHighSurrogate(text[room - 1]) ? room - 1
            : room;
        to.Append(text, 0, length);
    }

    private static string? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            : null;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : 0;
}
