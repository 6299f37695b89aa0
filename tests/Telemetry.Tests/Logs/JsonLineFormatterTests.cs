using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Telemetry.Logs;
using Stromboli.Testing;

namespace Stromboli.Telemetry.Tests.Logs;

public sealed class JsonLineFormatterTests
{
    private const string UID = "6a7f6c52-5f3e-4d0b-9a55-0a3c1f1f4d27";

    private static readonly ManualTimeProvider Clock = new(new DateTimeOffset(2026, 11, 30, 20, 15, 4, 120, TimeSpan.Zero));

    [Fact]
    public void Write_ARecord_IsOneObjectWithItsFields()
    {
        var line = Format("Attempt {Attempt} ended after {Seconds} s: {Reason}", [$"{UID}-1", 2.5, DayOfWeek.Monday]);

        Assert.Equal(
            $$$"""{"time":"2026-11-30T20:15:04.120Z","level":"warn","category":"A.B","message":"Attempt {{{UID}}}-1 ended after 2.5 s: Monday","run":"{{{UID}}}","fields":{"attempt":"{{{UID}}}-1","seconds":2.5,"reason":"Monday"}}"""
                + "\n",
            line
        );
    }

    [Theory]
    [InlineData("Request of {Run}", $"{UID}-2", UID)]
    [InlineData("Run {UID}", UID, UID)]
    [InlineData("{Run}: stored", "team-a/hello", null)]
    [InlineData("attempt {Attempt}", 1, null)]
    [InlineData("image {Image}", UID, null)]
    public void Write_AMessageAboutARun_HasItsUID(string template, object value, string? run) =>
        Assert.Equal(run, JsonNode.Parse(Format(template, [value]))!["run"]?.ToString());

    [Fact]
    public void Write_WithinAScope_HasTheUIDOfTheRun()
    {
        var scopes = new LoggerExternalScopeProvider();
        using var outer = scopes.Push("something else");
        using var scope = scopes.Push(new RunScope(UID));

        Assert.Equal(UID, JsonNode.Parse(Format("{Run}: stored", ["team-a/hello"], scopes))!["run"]!.ToString());
    }

    [Fact]
    public void Write_HostileText_StaysOneLine()
    {
        const string hostile = "a\n{\"level\":\"info\"}\r\u001b[31m\u2028\"\\\ud800";
        var line = Format("{Text}", [hostile], error: new InvalidOperationException(hostile));

        Assert.Single(line.TrimEnd('\n').Split('\n', '\r'));
        Assert.DoesNotContain(line.TrimEnd('\n'), char.IsControl);
        var record = JsonNode.Parse(line)!;
        Assert.Equal("warn", record["level"]!.ToString());
        Assert.StartsWith("a\n{", record["fields"]!["text"]!.ToString());
        Assert.Contains("InvalidOperationException", record["error"]!.ToString());
    }

    private static string Format(
        string template,
        object[] values,
        IExternalScopeProvider? scopes = null,
        InvalidOperationException? error = null
    )
    {
        using var writer = new StringWriter { NewLine = "\n" };
        using var capture = new Capture(state =>
            new JsonLineFormatter(Clock).Write(
                new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(
                    LogLevel.Warning,
                    "A.B",
                    default,
                    state,
                    error,
                    (s, _) => s.ToString()!
                ),
                scopes,
                writer
            )
        );
#pragma warning disable CA2254 // The template is the case.
        capture.LogWarning(template, values);
#pragma warning restore CA2254
        return writer.ToString();
    }

    // Makes the state of a record as the logging library makes it.
    private sealed class Capture(Action<IReadOnlyList<KeyValuePair<string, object?>>> write) : ILogger, IDisposable
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => write((IReadOnlyList<KeyValuePair<string, object?>>)state!);

        public void Dispose() { }
    }
}
