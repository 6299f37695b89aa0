using System.Text.Json;
using Stromboli.Cli.Output;
using Stromboli.Cli.Runs;
using Stromboli.Crds;
using Stromboli.Crds.Runs;

namespace Stromboli.Cli.Tests.Runs;

public sealed class ProgressLineTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 12, TimeSpan.Zero);

    [Theory]
    [InlineData("{}", "hello: pending")]
    [InlineData(
        """{"phase":"Pending","reason":"SecretNotFound","message":"The Secret x is missing."}""",
        "hello: pending, SecretNotFound: The Secret x is missing."
    )]
    [InlineData("""{"phase":"Queued","reason":"Queued","queuePosition":3,"message":"Waiting."}""", "hello: queued at 3")]
    [InlineData("""{"phase":"Preparing","nodeName":"n","attempt":1}""", "hello: preparing on n")]
    [InlineData(
        """{"phase":"Running","nodeName":"n","attempt":2,"usage":{"costUSD":"0.03"},"conditions":[{"type":"Started","status":"True","reason":"x","lastTransitionTime":"2026-11-30T12:00:00Z"}]}""",
        "hello: running 12s, $0.03 on n (attempt 2)"
    )]
    [InlineData("""{"phase":"Failed"}""", "hello: failed")]
    public void Text_States_ReadAsAPersonWouldSayIt(string status, string expected) =>
        Assert.Equal(expected, ProgressLine.Text(Run(status), Now));

    [Fact]
    public void Show_NoTerminal_PrintsALineForEachChange()
    {
        var error = new StringWriter { NewLine = "\n" };
        using var screen = new Screen(TextWriter.Null, error);
        using (var progress = new ProgressLine(screen, TimeProvider.System))
        {
            progress.Show(Run("""{"phase":"Queued","queuePosition":3}"""));
            progress.Show(Run("""{"phase":"Queued","queuePosition":3,"observedGeneration":2}"""));
            progress.Show(Run("""{"phase":"Queued","queuePosition":1}"""));
        }

        Assert.Equal("hello: queued at 3\nhello: queued at 1\n", error.ToString());
    }

    [Fact]
    public void Show_Terminal_RedrawsOneLineAndRemovesIt()
    {
        var error = new StringWriter { NewLine = "\n" };
        using var screen = new Screen(TextWriter.Null, error) { ErrorIsTerminal = true };
        using (var progress = new ProgressLine(screen, TimeProvider.System))
        {
            progress.Show(Run("""{"phase":"Queued","queuePosition":3}"""));
        }

        Assert.Equal("\r\e[K\e[?7lhello: queued at 3\e[?7h\r\e[K", error.ToString());
    }

    private static AgentRun Run(string status) =>
        new()
        {
            Metadata = new() { Name = "hello" },
            Status = JsonSerializer.Deserialize(status, CrdsJson.Default.AgentRunStatus),
        };
}
