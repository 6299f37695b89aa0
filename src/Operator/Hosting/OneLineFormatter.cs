using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Stromboli.Operator.Hosting;

/// <summary>
/// Formats each log record as one line with the time in UTC, an exception's trace included. A cluster's log collector expects that.
/// </summary>
internal sealed class OneLineFormatter : ConsoleFormatter
{
    /// <summary>The name that selects this formatter.</summary>
    public const string FormatterName = "one-line";

    private readonly TimeProvider _clock;

    public OneLineFormatter(TimeProvider clock)
        : base(FormatterName) => _clock = clock;

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(_clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'"));
        textWriter.Write(' ');
        textWriter.Write(Word(logEntry.LogLevel));
        textWriter.Write(' ');
        textWriter.Write(logEntry.Category.AsSpan(logEntry.Category.LastIndexOf('.') + 1));
        textWriter.Write(": ");
        textWriter.Write(OneLine(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        if (logEntry.Exception is { } error)
        {
            textWriter.Write(" | ");
            textWriter.Write(OneLine(error.ToString()));
        }

        textWriter.WriteLine();
    }

    // A message may contain text from a bridge. That text must not add lines to the log or escapes to a terminal.
    private static string OneLine(string text)
    {
        var line = string.Join(" | ", text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Any(char.IsControl) ? string.Concat(line.Select(c => char.IsControl(c) ? '?' : c)) : line;
    }

    private static string Word(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info ",
            LogLevel.Warning => "warn ",
            LogLevel.Error => "error",
            _ => "fatal",
        };
}
