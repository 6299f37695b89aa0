using System.Text;
using Stromboli.Testing;

namespace Stromboli.Podman.Tests;

/// <summary>What goes wrong between client and service, caused by a server that answers raw bytes.</summary>
public sealed class PodmanTransportTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string _directory = Directory.CreateTempSubdirectory("stromboli-test-").FullName;

    private string Socket => Path.Combine(_directory, "podman.sock");

    [Fact]
    public async Task Call_NoSocket_IsUnanswered()
    {
        using var client = new PodmanClient(Socket, TimeProvider.System);
        var error = await Assert.ThrowsAsync<PodmanException>(() => client.System.InfoAsync(None));
        Assert.True(error.IsUnanswered);
    }

    [Fact]
    public async Task Call_ErrorBody_BecomesStatusCauseAndMessage()
    {
        await using var server = new RawServer(
            Socket,
            _ => Answer("500 Internal Server Error", """{"cause":"disk full","message":"cannot write: disk full","response":500}""")
        );
        using var client = new PodmanClient(Socket, TimeProvider.System);
        var error = await Assert.ThrowsAsync<PodmanException>(() => client.System.InfoAsync(None));
        Assert.Equal((500, "disk full", "cannot write: disk full"), ((int)error.Status!, error.PodmanCause, error.PodmanMessage));
        Assert.Contains("GET info", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_AnswerTornInTheMiddle_IsTriedAgainWhenIdempotent()
    {
        await using var server = new RawServer(
            Socket,
            n => n == 1 ? Answer("200 OK", "{\"host\":{\"arch\":\"amd64\"}}")[..^5] : Answer("200 OK", "{\"host\":{\"arch\":\"amd64\"}}")
        );
        using var client = new PodmanClient(Socket, TimeProvider.System);
        Assert.Equal("amd64", (await client.System.InfoAsync(None)).Host!.Architecture);
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task Call_AnswerTornInTheMiddle_IsUnansweredWhenNotIdempotent()
    {
        await using var server = new RawServer(Socket, _ => Answer("204 No Content", "")[..17]);
        using var client = new PodmanClient(Socket, TimeProvider.System);
        var error = await Assert.ThrowsAsync<PodmanException>(() => client.Containers.KillAsync("x", "KILL", None));
        Assert.True(error.IsUnanswered);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Call_ServiceRestarted_UsesNoStaleConnection()
    {
        using var client = new PodmanClient(Socket, TimeProvider.System);
        for (var i = 0; i < 3; i++)
        {
            await using var server = new RawServer(Socket, _ => Answer("204 No Content", ""), keepOpen: true);
            Assert.True(await client.Containers.KillAsync("x", "KILL", None));
            Assert.True(await client.Containers.KillAsync("x", "KILL", None));
            Assert.Equal(2, server.Requests);
        }
    }

    [Fact]
    public async Task Call_NoAnswerInTime_IsUnanswered()
    {
        await using var server = new RawServer(Socket, _ => null);
        var time = new ManualTimeProvider();
        using var client = new PodmanClient(Socket, time);
        var call = client.System.InfoAsync(None);
        await server.Requested;
        time.Advance(PodmanTimeouts.Read);
        var error = await Assert.ThrowsAsync<PodmanException>(() => call);
        Assert.True(error.IsUnanswered);
        Assert.Contains("15 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_Cancelled_ThrowsCancellation()
    {
        await using var server = new RawServer(Socket, _ => null);
        using var client = new PodmanClient(Socket, TimeProvider.System);
        using var cancel = new CancellationTokenSource();
        var call = client.System.InfoAsync(cancel.Token);
        await server.Requested;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Call_AnswerTooLarge_IsRefused()
    {
        await using var server = new RawServer(Socket, _ => Answer("200 OK", new string(' ', 9 * 1024 * 1024)));
        using var client = new PodmanClient(Socket, TimeProvider.System);
        var error = await Assert.ThrowsAsync<PodmanException>(() => client.System.InfoAsync(None));
        Assert.Contains("larger than", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_NotJson_IsAPodmanException()
    {
        await using var server = new RawServer(Socket, _ => Answer("200 OK", "<html>"));
        using var client = new PodmanClient(Socket, TimeProvider.System);
        await Assert.ThrowsAsync<PodmanException>(() => client.System.InfoAsync(None));
    }

    [Fact]
    public async Task Pull_ErrorLine_IsTheEnginesMessage()
    {
        await using var server = new RawServer(
            Socket,
            _ => Answer("200 OK", "{\"stream\":\"Trying to pull…\\n\"}\n{\"error\":\"manifest unknown\"}\n")
        );
        using var client = new PodmanClient(Socket, TimeProvider.System);
        var error = await Assert.ThrowsAsync<PodmanException>(() =>
            client.Images.PullAsync("registry.test/x:1", "always", null, null, None)
        );
        Assert.Equal("manifest unknown", error.PodmanMessage);
    }

    [Fact]
    public async Task Pull_StreamEndsEarly_IsAnError()
    {
        await using var server = new RawServer(Socket, _ => Answer("200 OK", "{\"stream\":\"Trying to pull…\\n\"}\n"));
        using var client = new PodmanClient(Socket, TimeProvider.System);
        await Assert.ThrowsAsync<PodmanException>(() => client.Images.PullAsync("registry.test/x:1", "always", null, null, None));
    }

    [Fact]
    public async Task Remove_ErrorInTheReport_IsThrown()
    {
        await using var server = new RawServer(Socket, _ => Answer("200 OK", """[{"Id":"x","Err":"cannot unmount"}]"""));
        using var client = new PodmanClient(Socket, TimeProvider.System);
        var error = await Assert.ThrowsAsync<PodmanException>(() => client.Containers.RemoveAsync("x", None));
        Assert.Equal("cannot unmount", error.PodmanMessage);
    }

    [Fact]
    public async Task Events_StreamEnds_Throws()
    {
        const string Line = """{"Action":"died","Actor":{"ID":"x","Attributes":{"containerExitCode":"3"}},"timeNano":1}""";
        await using var server = new RawServer(Socket, _ => Answer("200 OK", Line + "\n" + Line + "\n"));
        using var client = new PodmanClient(Socket, TimeProvider.System);
        var seen = 0;
        var connected = 0;
        await Assert.ThrowsAsync<PodmanException>(async () =>
        {
            await foreach (var e in client.System.EventsAsync(new Dictionary<string, string>(), () => connected++, None))
            {
                seen += e.Actor!.Attributes!["containerExitCode"] == "3" ? 1 : 0;
            }
        });
        Assert.Equal((1, 2), (connected, seen));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static byte[] Answer(string status, string body) =>
        Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"
        );
}
