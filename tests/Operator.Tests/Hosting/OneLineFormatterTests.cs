using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Operator.Hosting;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Hosting;

public sealed class OneLineFormatterTests
{
    [Fact]
    public void Write_ForeignText_StaysOnOneLineWithoutEscapes()
    {
        using var writer = new StringWriter();
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 11, 21, 1, 2, 3, 4, TimeSpan.Zero));
        var entry = new LogEntry<string>(
            LogLevel.Warning,
            "Stromboli.Operator.Nodes.HubLink",
            7,
            "x",
            new InvalidOperationException("a\nb"),
            (_, _) => "said \u001b[31mred\r\n2026-01-01 fatal forged"
        );

        new OneLineFormatter(time).Write(entry, null, writer);

        Assert.Equal(
            "2026-11-21T01:02:03.004Z warn  HubLink: said ?[31mred | 2026-01-01 fatal forged | System.InvalidOperationException: a | b",
            writer.ToString().TrimEnd('\n')
        );
    }
}
