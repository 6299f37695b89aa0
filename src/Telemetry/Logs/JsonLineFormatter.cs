using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Stromboli.Telemetry.Logs;

/// <summary>
/// Formats each log record as a JSON object on one line: <c>time</c>, <c>level</c>, <c>category</c>, <c>message</c>, then <c>run</c> with
/// the UID of the run that the record is about, <c>fields</c> with the values of the message, and <c>error</c> with an exception's trace.
/// What does not apply is left out.
/// </summary>
internal sealed class JsonLineFormatter : ConsoleFormatter
{
    /// <summary>The name that selects this formatter.</summary>
    public const string FormatterName = "json-line";

    private const int UIDLength = 36;

    // A log is not a web page. Non-ASCII text stays readable; control characters are always escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TimeProvider _clock;

    public JsonLineFormatter(TimeProvider clock)
        : base(FormatterName) => _clock = clock;

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        ArgumentNullException.ThrowIfNull(textWriter);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", _clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", Word(logEntry.LogLevel));
            json.WriteString("category", logEntry.Category);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            var values = logEntry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            if ((RunOf(values) ?? RunOf(scopeProvider)) is { } run)
            {
                json.WriteString("run", run);
            }

            WriteFields(json, values);
            if (logEntry.Exception is { } error)
            {
                json.WriteString("error", error.ToString());
            }

            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    // Messages name a run or an attempt by its UID (an attempt is UID-NUMBER). A namespaced name, which is no UID, comes with a scope.
    private static string? RunOf(IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        foreach (var (name, value) in values)
        {
            if (
                name is "Run" or "UID" or "Uid" or "Attempt"
                && value?.ToString() is { Length: >= UIDLength } text
                && Guid.TryParseExact(text.AsSpan(0, UIDLength), "D", out _)
            )
            {
                return text[..UIDLength];
            }
        }

        return null;
    }

    private static string? RunOf(IExternalScopeProvider? scopes)
    {
        var found = new Found();
        scopes?.ForEachScope(
            static (scope, found) =>
            {
                if (scope is RunScope run)
                {
                    found.Run = run.UID;
                }
            },
            found
        );
        return found.Run;
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        var isOpen = false;
        foreach (var (name, value) in values)
        {
            // The message's template.
            if (name == "{OriginalFormat}")
            {
                continue;
            }

            if (!isOpen)
            {
                json.WriteStartObject("fields");
                isOpen = true;
            }

            json.WritePropertyName(JsonNamingPolicy.CamelCase.ConvertName(name));
            Write(json, value);
        }

        if (isOpen)
        {
            json.WriteEndObject();
        }
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case IFormattable formattable:
                json.WriteStringValue(formattable.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteStringValue(value.ToString());
                break;
        }
    }

    private static string Word(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "error",
            _ => "fatal",
        };

    private sealed class Found
    {
        public string? Run { get; set; }
    }
}
