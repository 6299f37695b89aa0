using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Stromboli.Operator.Hosting;

/// <summary>
/// One line for each record, an exception's trace included, with the time in UTC: what a cluster's log collector expects.
/// </summary>
internal sealed class OneLineFormatter : ConsoleFormatter
{
    /// <summary>The name under which it is chosen.</summary>
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

    // A bridge's words may be part of a message: neither a line of the log nor a terminal's escape may be of its making.
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
