using System.Text;
using System.Text.Json;
using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Cuts what a node says to the bounds of the CRD; pure. The API server refuses a whole status for one field that is too long, and the end
/// of a run would then never be stored.
/// </summary>
internal static class StatusCuts
{
    /// <summary>A message: what a spec or a node put into it makes no line and no terminal's escape of its own.</summary>
    public static string Message(string? message) => Text(OneLine(message ?? ""), StatusLimits.Message);

    /// <summary>A word, as safe to print.</summary>
    public static string? Word(string? word, int max = StatusLimits.Word) => word is null ? null : Text(OneLine(word), max);

    public static int? ExitCode(int? code) => code is >= 0 and <= 255 ? code : null;

    /// <summary>The result, its text cut at the front: what counts is the end.</summary>
    public static RunResult? Result(RunResult? result, string? structured, int statusBytes)
    {
        if (result is null)
        {
            return null;
        }

        var max = Math.Clamp(statusBytes, 0, StatusLimits.ResultBytes);
        var tail = Tail(result.Text ?? "", max);
        return result with
        {
            Text = tail,
            Truncated = result.Truncated == true || tail.Length < (result.Text?.Length ?? 0),
            Bytes = result.Bytes is null ? null : Math.Max(0, result.Bytes.Value),
            Sha256 = Word(result.Sha256, 64),
            Structured = Structured(structured),
        };
    }

    /// <summary>
    /// A structured result as JSON; null when the text is none that status takes: a JSON object, not too large, not too deep, and of whole
    /// characters.
    /// </summary>
    public static JsonElement? Structured(string? text)
    {
        if (text is null || Encoding.UTF8.GetByteCount(text) > StatusLimits.StructuredBytes)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = StatusLimits.StructuredDepth });
            var structured = document.RootElement.Clone();
            if (structured.ValueKind != JsonValueKind.Object)
            {
                return null;
            }
            // Half a surrogate pair can be read and not be written: the whole status would fail.
            using var writer = new Utf8JsonWriter(Stream.Null);
            structured.WriteTo(writer);
            return structured;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A status without anything that comes from a node but reason, exit code and times.</summary>
    public static AgentRunStatus Bare(AgentRunStatus status)
    {
        const string message = "What the node said of the end could not be stored.";
        return status with
        {
            Message = message,
            Conditions = [.. (status.Conditions ?? []).Select(c => c.Message.Length == 0 ? c : c with { Message = message })],
            Result = null,
            Usage = null,
            Hooks = null,
            Signal = null,
            Model = null,
            SessionID = null,
        };
    }

    private static string Tail(string text, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes)
        {
            return text;
        }

        var bytes = 0;
        var start = text.Length;
        while (start > 0)
        {
            var from = start > 1 && char.IsSurrogatePair(text[start - 2], text[start - 1]) ? start - 2 : start - 1;
            bytes += Encoding.UTF8.GetByteCount(text.AsSpan(from, start - from));
            if (bytes > maxBytes)
            {
                break;
            }

            start = from;
        }
        return text[start..];
    }

    private static string OneLine(string text) => PlainText.Of(text, '\uFFFD');

    private static string Text(string text, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[max - 1]) ? max - 1 : max;
        return text[..end];
    }
}
