using System.Text;
using System.Text.Json;
using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Statuses;

/// <summary>
/// Cuts what a node reports to the bounds of the CRD; pure. The API server refuses a whole status for one field that is too long, and then
/// the end of a run would never be stored.
/// </summary>
internal static class StatusBounds
{
    /// <summary>Returns a message of one line and without terminal escapes, whatever a spec or a node put into it.</summary>
    public static string Message(string? message) => Text(OneLine(message ?? ""), StatusLimits.Message);

    /// <summary>Returns a word that is safe to print.</summary>
    public static string? Word(string? word, int max = StatusLimits.Word) => word is null ? null : Text(OneLine(word), max);

    public static int? ExitCode(int? code) => code is >= 0 and <= 255 ? code : null;

    /// <summary>Returns the result. Its text is cut at the front, because the end matters.</summary>
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
    /// Returns a structured result as JSON; null if the status cannot hold it. It must be a JSON object of whole characters, within the
    /// bounds of size and depth.
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
            // Half a surrogate pair can be read but not written. It would prevent the write of the whole status.
            using var writer = new Utf8JsonWriter(Stream.Null);
            structured.WriteTo(writer);
            return structured;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Returns a status that contains only reason, exit code and times of what a node reported.</summary>
    public static AgentRunStatus Bare(AgentRunStatus status)
    {
        const string message = "The node's report of the end could not be stored.";
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
            Git = null,
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
