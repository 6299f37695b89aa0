using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Operator.Webhooks;

/// <summary>
/// Writes the body of a webhook: a CloudEvent 1.0 in the structured JSON format that also has the members <c>type</c>, <c>timestamp</c> and
/// <c>data</c> of Standard Webhooks; pure. The body of an event is the same at every attempt, because it has only what no longer changes.
/// </summary>
internal static class WebhookBody
{
    /// <summary>The media type of the body.</summary>
    public const string MediaType = "application/cloudevents+json";

    /// <summary>The bytes of a body, at most. Standard Webhooks asks for less than 20 kB.</summary>
    public const int MostBytes = 19_999;

    // In UTF-8 a character has at most three bytes for each of its UTF-16 units, and an escape has six.
    private const int MessageLength = 1024;
    private const int ShortMessageLength = 256;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What the status says of a start that no later write changes.
    private static readonly string[] OfStart = ["startTime"];

    // What the status says of an end, with the API's own names.
    private static readonly string[] OfEnd =
    [
        "reason",
        "message",
        "nodeName",
        "attempt",
        "startTime",
        "completionTime",
        "duration",
        "model",
        "sessionID",
        "exitCode",
        "signal",
        "usage",
        "git",
    ];

    /// <summary>Writes the body. If it would be too large, the result is cut at its front, like in the status.</summary>
    /// <param name="run">The whole run.</param>
    /// <param name="name">An event that has happened.</param>
    public static byte[] Of(AgentRun run, string name)
    {
        var status = JsonSerializer.SerializeToElement(run.Status ?? new(), CrdsJson.Default.AgentRunStatus);
        var result = name == WebhookEvents.Started ? null : run.Status?.Result;
        var length = result?.Text?.Length ?? 0;
        var structured = result?.Structured is not null;
        var message = MessageLength;
        while (true)
        {
            var body = Write(run, name, status, result, length, structured, message);
            if (body.Length <= MostBytes)
            {
                return body;
            }
            // First the text: its whole is in the status, and its end says most. Then what cannot be cut is left out.
            if (length > 0)
            {
                length = Math.Max(0, length - Math.Max(1, (body.Length - MostBytes) / 6));
            }
            else if (structured)
            {
                structured = false;
                length = result?.Text?.Length ?? 0;
            }
            else if (message > ShortMessageLength)
            {
                message = ShortMessageLength;
            }
            else
            {
                status = default;
            }
        }
    }

    private static byte[] Write(
        AgentRun run,
        string name,
        JsonElement status,
        RunResult? result,
        int textLength,
        bool structured,
        int messageLength
    )
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            var time = RunWebhookEvents.TimeOf(run, name).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", RunWebhookEvents.IDOf(run.Metadata.Uid ?? "", name));
            json.WriteString("source", $"/apis/{ApiGroup.ApiVersion}/namespaces/{run.Metadata.Namespace}/agentruns/{run.Metadata.Name}");
            json.WriteString("type", $"dev.stromboli.agentrun.{name.ToLowerInvariant()}");
            json.WriteString("time", time);
            json.WriteString("timestamp", time);
            json.WriteString("datacontenttype", "application/json");
            json.WriteStartObject("data");
            json.WriteString("name", run.Metadata.Name);
            json.WriteString("namespace", run.Metadata.Namespace);
            json.WriteString("uid", run.Metadata.Uid);
            json.WriteString("phase", name == WebhookEvents.Started ? nameof(RunPhase.Running) : name);
            foreach (var member in name == WebhookEvents.Started ? OfStart : OfEnd)
            {
                WriteMember(json, status, member, messageLength);
            }

            if (result is not null)
            {
                WriteResult(json, result, textLength, structured);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMember(Utf8JsonWriter json, JsonElement status, string member, int messageLength)
    {
        if (status.ValueKind != JsonValueKind.Object || !status.TryGetProperty(member, out var value))
        {
            return;
        }

        if (member == "message" && value.GetString() is { } text)
        {
            json.WriteString(member, text.Length > messageLength ? Whole(text[..messageLength]) : text);
            return;
        }

        json.WritePropertyName(member);
        value.WriteTo(json);
    }

    private static void WriteResult(Utf8JsonWriter json, RunResult result, int textLength, bool structured)
    {
        var text = result.Text ?? "";
        json.WriteStartObject("result");
        json.WriteString("text", text.Length > textLength ? Whole(text[^textLength..]) : text);
        json.WriteBoolean("truncated", result.Truncated == true || text.Length > textLength);
        if (result.Bytes is { } bytes)
        {
            json.WriteNumber("bytes", bytes);
        }

        if (result.Sha256 is { } digest)
        {
            json.WriteString("sha256", digest);
        }

        if (structured)
        {
            json.WritePropertyName("structured");
            result.Structured!.Value.WriteTo(json);
        }

        json.WriteEndObject();
    }

    // A cut can leave half of a character at either end.
    private static string Whole(string text)
    {
        var start = text.Length > 0 && char.IsLowSurrogate(text[0]) ? 1 : 0;
        var end = text.Length > start && char.IsHighSurrogate(text[^1]) ? text.Length - 1 : text.Length;
        return text[start..end];
    }
}
