using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stromboli.PodmanBridge.Agents;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>
/// Tells a person what the lines of <c>--output-format=stream-json</c> say (seen in Claude Code 2.1.329): text as it comes, one line for
/// each tool call with its outcome, what went wrong, and at the end the result and its cost. Lines of an unknown kind are left out. Whatever
/// a line contains, it is read with bounded memory and without an exception.
/// </summary>
internal sealed class ClaudeNarrator(TextSink sink) : IDisposable
{
    private const int MostCalls = 256;
    private const int LongestID = 256;
    private const int MostNotice = 400;

    private static readonly string[] Subjects =
    [
        "command",
        "file_path",
        "notebook_path",
        "pattern",
        "path",
        "url",
        "query",
        "skill",
        "description",
        "prompt",
    ];

    private readonly JsonObjects _objects = new();
    private readonly ToolCalls _calls = new(MostCalls);
    private byte[] _text = [];
    private byte[]? _lastSaid;
    private string? _streamed;
    private string? _lastInit;
    private bool _inPartialText;

    /// <summary>Tells a line.</summary>
    /// <returns>False if the line is not one of the CLI's.</returns>
    public bool TryTell(ReadOnlyMemory<byte> line)
    {
        using var document = _objects.Parse(line);
        if (document is null || Text(document.RootElement, "type") is not { } type)
        {
            return false;
        }

        try
        {
            Tell(type, document.RootElement);
        }
        catch (InvalidOperationException)
        {
            // A name of a member is half a surrogate pair. The CLI writes no such line.
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => Return();

    private void Tell(string type, JsonElement said)
    {
        switch (type)
        {
            case "system":
                TellSystem(said);
                break;
            case "assistant":
                Assistant(said);
                break;
            case "user":
                User(said);
                break;
            case "stream_event":
                Partial(said);
                break;
            case "rate_limit_event"
                when Member(said, "rate_limit_info") is { } limit && Text(limit, "status") is { } status and not "allowed":
                Notice("rate limit: ");
                sink.Inline(Encoding.UTF8.GetBytes(status), MostNotice);
                sink.EndLine();
                break;
            case "result":
                Result(said);
                break;
        }
    }

    private void TellSystem(JsonElement said)
    {
        switch (Text(said, "subtype"))
        {
            case "init":
                Init(said);
                break;
            case "api_retry":
                Retry(said);
                break;
            case "hook_response":
                Hook(said);
                break;
            case "task_notification":
                Notice("background: ");
                Inline(said, "summary", MostNotice);
                sink.EndLine();
                break;
            case "compact_boundary":
                Notice("the conversation was compacted");
                sink.EndLine();
                break;
            // Notices of the CLI to its user: model_fallback, informational and others.
            case not null when Text(said, "level") is "warning" or "error" or "notice" && Has(said, "content"):
                Notice("");
                Inline(said, "content", MostNotice);
                sink.EndLine();
                break;
        }
    }

    // The CLI repeats it when a background command wakes it.
    private void Init(JsonElement said)
    {
        if (
            Text(said, "claude_code_version") is not { } version
            || Text(said, "model") is not { } model
            || ($"{version} {model}" is var init && init == _lastInit)
        )
        {
            return;
        }

        _lastInit = init;
        Notice("Claude Code ");
        sink.Inline(Encoding.UTF8.GetBytes(version), 40);
        sink.Words(" with ");
        sink.Inline(Encoding.UTF8.GetBytes(model), 100);
        sink.EndLine();
    }

    private void Retry(JsonElement said)
    {
        Notice("the model ");
        sink.Words(Number(said, "error_status") is { } status ? $"answered {status}" : "did not answer");
        if (Has(said, "error"))
        {
            sink.Words(" (");
            Inline(said, "error", 80);
            sink.Words(")");
        }

        sink.Words($": retry {Number(said, "attempt") ?? 0} of {Number(said, "max_retries") ?? 0}");
        if (Number(said, "retry_delay_ms") is { } delay)
        {
            sink.Words($" in {LogWords.Time(delay)}");
        }

        sink.EndLine();
    }

    private void Hook(JsonElement said)
    {
        var failed = Text(said, "outcome") is not (null or "success");
        Notice("hook ");
        Inline(said, "hook_name", 80);
        sink.Words(failed ? " failed" : " succeeded");
        if (failed && Number(said, "exit_code") is { } code)
        {
            sink.Words($" with exit code {code}");
        }

        if (failed && Has(said, "output"))
        {
            sink.Words(": ");
            Inline(said, "output", MostNotice);
        }

        sink.EndLine();
    }

    private void Assistant(JsonElement said)
    {
        if (Member(said, "message") is not { } message)
        {
            return;
        }

        var inner = IsInner(said);
        var streamed = !inner && _streamed is not null && Text(message, "id") == _streamed;
        foreach (var block in Blocks(message))
        {
            switch (Text(block, "type"))
            {
                case "text":
                    Say(block, inner, streamed);
                    break;
                case "tool_use" or "server_tool_use" or "mcp_tool_use":
                    Call(block, inner);
                    break;
                case { } result when result.EndsWith("_tool_result", StringComparison.Ordinal):
                    Outcome(block, inner);
                    break;
            }
        }
    }

    private void Say(JsonElement block, bool inner, bool streamed)
    {
        if (!block.TryGetProperty("text", out var value) || value.ValueKind != JsonValueKind.String)
        {
            return;
        }

        var text = Decode(value);
        if (inner)
        {
            // What a subagent says goes to the agent, not to the user.
            if (!IsBlank(text))
            {
                sink.BeginNotice(indented: true);
                sink.Inline(text, MostNotice);
                sink.EndLine();
            }

            return;
        }

        _lastSaid = Digest(text);
        if (streamed)
        {
            EndPartialText();
            return;
        }

        sink.EndLine();
        sink.Text(text);
        sink.EndLine();
    }

    private void Call(JsonElement block, bool inner)
    {
        var id = Text(block, "id") ?? "";
        var label = Label(block);
        _calls.Add(id, label);
        sink.BeginNotice(inner);
        sink.Inline(label, int.MaxValue);
        sink.OpenCall = id;
    }

    private void User(JsonElement said)
    {
        if (Member(said, "message") is not { } message)
        {
            return;
        }

        foreach (var block in Blocks(message))
        {
            if (Text(block, "type") == "tool_result")
            {
                Outcome(block, IsInner(said));
            }
        }

        if (said.TryGetProperty("isReplay", out var replay) && replay.ValueKind == JsonValueKind.True)
        {
            Notice("user: ");
            if (message.TryGetProperty("content", out var content))
            {
                sink.Inline(FirstText(content), MostNotice);
            }

            sink.EndLine();
        }
    }

    private void Outcome(JsonElement block, bool inner)
    {
        var id = Text(block, "tool_use_id") ?? "";
        var label = _calls.Take(id);
        if (sink.OpenCall != id)
        {
            sink.BeginNotice(inner);
            sink.Inline(label ?? "a tool"u8, int.MaxValue);
        }

        var failed = block.TryGetProperty("is_error", out var isError) && isError.ValueKind == JsonValueKind.True;
        sink.Words(failed ? " failed" : " ok");
        var text = block.TryGetProperty("content", out var content) ? FirstText(content) : [];
        var more = 0;
        // The first line of a failure is often only an exit code.
        var told = failed ? text : FirstLine(text, out more);
        if (!IsBlank(told))
        {
            sink.Words(": ");
            sink.Inline(told, most: failed ? 200 : 100);
        }

        if (more > 0)
        {
            sink.Words($" (and {LogWords.Count(more, "more line")})");
        }

        sink.EndLine();
    }

    // With includePartialMessages the text comes in pieces, and then once more as a whole.
    private void Partial(JsonElement said)
    {
        if (IsInner(said) || Member(said, "event") is not { } happened)
        {
            return;
        }

        switch (Text(happened, "type"))
        {
            case "message_start" when Member(happened, "message") is { } message:
                EndPartialText();
                _streamed = Text(message, "id");
                break;
            case "content_block_delta" when Member(happened, "delta") is { } delta && Text(delta, "type") == "text_delta":
                if (delta.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String && _streamed is not null)
                {
                    if (!_inPartialText)
                    {
                        sink.EndLine();
                        _inPartialText = true;
                    }

                    sink.Text(Decode(text));
                }

                break;
            case "content_block_stop" or "message_stop":
                EndPartialText();
                break;
        }
    }

    private void EndPartialText()
    {
        if (_inPartialText)
        {
            _inPartialText = false;
            sink.EndLine();
        }
    }

    private void Result(JsonElement said)
    {
        EndPartialText();
        var failed = said.TryGetProperty("is_error", out var isError) && isError.ValueKind == JsonValueKind.True;
        if (said.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.String)
        {
            var text = Decode(result);
            if (!IsBlank(text) && !(_lastSaid is { } last && Digest(text).AsSpan().SequenceEqual(last)))
            {
                sink.EndLine();
                sink.Text(text);
                sink.EndLine();
            }
        }

        Notice(failed ? "failed" : "succeeded");
        var subtype = Text(said, "subtype");
        if (failed && subtype is not (null or "success"))
        {
            sink.Words(" (");
            sink.Inline(Encoding.UTF8.GetBytes(subtype), 80);
            sink.Words(")");
        }

        if (said.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array)
        {
            foreach (var error in errors.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.String).Take(1))
            {
                sink.Words(": ");
                sink.Inline(Decode(error), MostNotice);
            }
        }

        Figures(said);
        sink.EndLine();
    }

    private void Figures(JsonElement said)
    {
        var separator = ": ";
        void Figure(string figure)
        {
            sink.Words(separator + figure);
            separator = ", ";
        }

        if (Number(said, "num_turns") is { } turns)
        {
            Figure(LogWords.Count(turns, "turn"));
        }

        if (Number(said, "duration_ms") is { } duration)
        {
            Figure(LogWords.Time(duration));
        }

        if (
            said.TryGetProperty("total_cost_usd", out var cost)
            && cost.ValueKind == JsonValueKind.Number
            && cost.TryGetDouble(out var dollars)
            && dollars is >= 0 and < 1e9
        )
        {
            Figure(LogWords.Dollars(dollars));
        }

        if (
            said.TryGetProperty("permission_denials", out var denials)
            && denials.ValueKind == JsonValueKind.Array
            && denials.GetArrayLength() is var denied
            && denied > 0
        )
        {
            Figure($"{LogWords.Count(denied, "tool call")} not allowed");
        }
    }

    private void Notice(string words)
    {
        EndPartialText();
        sink.BeginNotice();
        sink.Words(words);
    }

    private void Inline(JsonElement said, string name, int most)
    {
        if (said.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
        {
            sink.Inline(Decode(value), most);
        }
    }

    // NAME(what it is about), as Claude Code shows it.
    private byte[] Label(JsonElement block)
    {
        const int MostSubject = 120;
        var label = new ArrayBufferWriter<byte>();
        var words = new LabelWriter(label);
        words.Add(block.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? Decode(name) : "a tool"u8, 80);
        label.Write("("u8);
        if (Member(block, "input") is { } input)
        {
            var subject = Subjects
                .Select(key => input.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value : default)
                .FirstOrDefault(value => value.ValueKind == JsonValueKind.String);
            if (subject.ValueKind == JsonValueKind.String)
            {
                words.Add(Decode(subject), MostSubject);
            }
            else if (input.EnumerateObject().MoveNext())
            {
                words.Add(JsonMarshal.GetRawUtf8Value(input), MostSubject);
            }
        }

        label.Write(")"u8);
        return label.WrittenSpan.ToArray();
    }

    // The first text of a tool's result, which is a text or a list of blocks.
    private ReadOnlySpan<byte> FirstText(JsonElement content)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                return Decode(content);
            case JsonValueKind.Array:
                foreach (var block in content.EnumerateArray().Where(block => block.ValueKind == JsonValueKind.Object))
                {
                    if (block.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
                    {
                        return Decode(text);
                    }

                    if (Text(block, "type") == "image")
                    {
                        return "an image"u8;
                    }
                }

                return [];
            default:
                return [];
        }
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text, out int more)
    {
        more = 0;
        ReadOnlySpan<byte> first = [];
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            if (IsBlank(line))
            {
                continue;
            }

            if (first.IsEmpty)
            {
                first = line;
            }
            else
            {
                more++;
            }
        }

        return first;
    }

    // Valid until the next call.
    private ReadOnlySpan<byte> Decode(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        if (_text.Length < raw.Length)
        {
            Return();
            _text = ArrayPool<byte>.Shared.Rent(raw.Length);
        }

        return _text.AsSpan(0, JsonText.Unescape(raw, _text));
    }

    private void Return()
    {
        if (_text.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_text);
            _text = [];
        }
    }

    private static byte[] Digest(ReadOnlySpan<byte> text) => SHA256.HashData(text.Trim(" \t\r\n"u8));

    private static bool IsBlank(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8).IsEmpty;

    private static bool IsInner(JsonElement said) =>
        said.TryGetProperty("parent_tool_use_id", out var parent) && parent.ValueKind == JsonValueKind.String;

    private static IEnumerable<JsonElement> Blocks(JsonElement message) =>
        message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array
            ? content.EnumerateArray().Where(block => block.ValueKind == JsonValueKind.Object)
            : [];

    private static JsonElement? Member(JsonElement said, string name) =>
        said.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static bool Has(JsonElement said, string name) =>
        said.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && JsonMarshal.GetRawUtf8Value(value).Length > 2;

    private static string? Text(JsonElement said, string name) =>
        said.ValueKind == JsonValueKind.Object
        && said.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && JsonMarshal.GetRawUtf8Value(value) is { Length: <= LongestID } raw
        && !raw.Contains((byte)'\\')
            ? Encoding.UTF8.GetString(raw[1..^1])
            : null;

    private static long? Number(JsonElement said, string name) =>
        said.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && (value.TryGetInt64(out var number) || TryWhole(value, out number))
        && number >= 0
            ? number
            : null;

    private static bool TryWhole(JsonElement value, out long number)
    {
        number = value.TryGetDouble(out var fraction) && fraction is >= 0 and < 1e15 ? (long)fraction : -1;
        return number >= 0;
    }

    // Bounds a label before it is kept; the sink makes it safe when it is shown.
    private readonly ref struct LabelWriter(ArrayBufferWriter<byte> label)
    {
        public void Add(ReadOnlySpan<byte> text, int most)
        {
            var space = false;
            var any = false;
            Span<byte> bytes = stackalloc byte[4];
            while (!text.IsEmpty)
            {
                Rune.DecodeFromUtf8(text, out var rune, out var consumed);
                text = text[consumed..];
                if (Rune.IsWhiteSpace(rune))
                {
                    space = any;
                    continue;
                }

                if (most-- <= 0)
                {
                    label.Write("\u2026"u8);
                    return;
                }

                if (space)
                {
                    label.Write(" "u8);
                }

                (any, space) = (true, false);
                label.Write(bytes[..rune.EncodeToUtf8(bytes)]);
            }
        }
    }
}
