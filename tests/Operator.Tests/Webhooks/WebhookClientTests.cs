using System.Diagnostics;
using System.Net;
using System.Net.Security;
using Stromboli.Egress;
using Stromboli.Operator.Webhooks;
using Stromboli.Testing;
using static Stromboli.Operator.Tests.Webhooks.WebhookCases;

namespace Stromboli.Operator.Tests.Webhooks;

public sealed class WebhookClientTests : IDisposable
{
    private const string TooLate = "The receiver did not answer within 20 s.";

    // Only a failure takes this long.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly ManualTimeProvider _clock = new();
    private readonly HostileReceiver _receiver = new();
    private readonly WebhookClient _client;

    public WebhookClientTests() =>
        _client = new(
            new WebhookOptions
            {
                Hosts = HostList.TryParse(["127.0.0.1"], out _)!,
                AllowedNetworks = [IPNetwork.Parse("127.0.0.1/32")],
                Authorities = [_receiver.Certificate],
            },
            _clock
        );

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PostAsync_NoAnswer_FailsAfterTwentySeconds()
    {
        var attempt = Post();
        await _receiver.ReceiveAsync(Cancelled);

        Assert.Equal(TimeSpan.FromSeconds(20), _clock.NextTimer);
        _clock.Advance(TimeSpan.FromSeconds(20) - TimeSpan.FromTicks(1));
        Assert.False(attempt.IsCompleted);
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(DeliveryResult.Failure(TooLate), await EndOf(attempt));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK", "")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Slow: ", "a")]
    [InlineData("", "HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")]
    public async Task PostAsync_AnAnswerThatTrickles_FailsAfterTwentySeconds(string start, string piece)
    {
        var attempt = Post();
        var connection = await _receiver.ReceiveAsync(Cancelled);
        await WriteAsync(connection, start);
        for (var i = 0; i < 19; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await WriteAsync(connection, piece);
        }

        Assert.False(attempt.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(DeliveryResult.Failure(TooLate), await EndOf(attempt));
    }

    [Fact]
    public async Task PostAsync_NoTls_FailsAfterTwentySeconds()
    {
        var attempt = Post();
        await _receiver.AcceptAsync(Cancelled);
        // The dialer's own timer ends when the sender, too, knows that it is connected.
        await Eventually.True(() => _clock.ActiveTimers == 1);

        _clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(DeliveryResult.Failure(TooLate), await EndOf(attempt));
    }

    [Fact]
    public async Task PostAsync_Cancelled_HasNoResult()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var attempt = Post(stop.Token);
        await _receiver.ReceiveAsync(Cancelled);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EndOf(attempt));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7FFFFFFF\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    public async Task PostAsync_AnEndlessBody_IsDeliveredAndCutOff(string head)
    {
        var attempt = Post();
        var connection = await _receiver.ReceiveAsync(Cancelled);
        await WriteAsync(connection, head);

        // The status counts before a byte of the body is there.
        Assert.Equal(new DeliveryResult { Outcome = DeliveryOutcome.Delivered, StatusCode = 200 }, await EndOf(attempt));

        // Unread bytes are in the buffers of the sockets, which have less than this.
        await FloodUntilClosedAsync(connection, 64 << 20);
    }

    [Theory]
    [InlineData(
        "HTTP/1.1 500 Ask-Mallory\r\nX-Reason: Mallory\r\nContent-Length: 7\r\n\r\nMallory",
        "The receiver answered with 500.",
        500
    )]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: mallory\r\n\r\n", "The receiver answered with 101.", 101)]
    [InlineData("HTTP/1.1 999 Mallory\r\nContent-Length: 0\r\n\r\n", "The receiver answered with 999.", 999)]
    [InlineData("SSH-2.0-Mallory\r\n\r\n", "The answer is not valid HTTP.", null)]
    [InlineData("HTTP/1.1 2x0 Mallory\r\n\r\n", "The answer is not valid HTTP.", null)]
    [InlineData("HTTP/1.1 200 OK\r\nMallory", "The connection broke before the receiver answered.", null)]
    [InlineData("", "The connection broke before the receiver answered.", null)]
    public async Task PostAsync_AnAnswerThatIsNoSuccess_FailsWithoutTheReceiversText(string answer, string error, int? status)
    {
        var attempt = Post();
        var connection = await _receiver.ReceiveAsync(Cancelled);
        await WriteAsync(connection, answer);
        await connection.DisposeAsync();

        Assert.Equal(DeliveryResult.Failure(error) with { StatusCode = status }, await EndOf(attempt));
    }

    [Theory]
    [InlineData(1, 32 * 1024)]
    [InlineData(4096, 16)]
    public async Task PostAsync_LargeHeaders_AreRefused(int count, int length)
    {
        var attempt = Post();
        var connection = await _receiver.ReceiveAsync(Cancelled);
        var header = $"X-Large: {new string('a', length)}\r\n";

        await WriteAsync(connection, $"HTTP/1.1 200 OK\r\n{string.Concat(Enumerable.Repeat(header, count))}");

        Assert.Equal(DeliveryResult.Failure("The headers of the answer are too large."), await EndOf(attempt));
    }

    [Theory]
    [InlineData("2147483648")]
    [InlineData("-1")]
    [InlineData("Mallory")]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT")]
    public async Task PostAsync_ARetryAfterThatIsNoWait_IsIgnored(string value)
    {
        var attempt = Post();
        var connection = await _receiver.ReceiveAsync(Cancelled);
        await WriteAsync(connection, $"HTTP/1.1 429 Slow\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(
            DeliveryResult.Failure("The receiver answered with 429.") with
            {
                StatusCode = 429,
                IsSlowDown = true,
            },
            await EndOf(attempt)
        );
    }

    [Fact]
    public async Task PostAsync_InATrace_TellsTheReceiverNothingOfIt()
    {
        using var trace = new Activity("webhook").SetIdFormat(ActivityIdFormat.W3C).Start();
        trace.SetBaggage("tenant", "mallory");
        var attempt = Post();
        var connection = await _receiver.ReceiveAsync(Cancelled);
        await WriteAsync(connection, "HTTP/1.1 204 No Content\r\n\r\n");
        await EndOf(attempt);

        Assert.Equal(
            ["content-length", "content-type", "host", "user-agent", "webhook-id", "webhook-signature", "webhook-timestamp"],
            _receiver
                .Head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
                .Select(line => line.Split(':')[0].ToLowerInvariant())
                .Order(StringComparer.Ordinal)
        );
    }

    public void Dispose()
    {
        _client.Dispose();
        _receiver.Dispose();
    }

    private Task<DeliveryResult> Post(CancellationToken? cancellationToken = null) =>
        _client.PostAsync(_receiver.Url, new SignedBody("run_1_succeeded", Now, "v1,c2ln", Bytes("{}")), cancellationToken ?? Cancelled);

    private static Task<DeliveryResult> EndOf(Task<DeliveryResult> attempt) => attempt.WaitAsync(Deadline, TimeProvider.System, Cancelled);

    private static async Task WriteAsync(SslStream connection, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        try
        {
            await connection.WriteAsync(Bytes(text), Cancelled);
        }
        catch (IOException)
        {
            // The sender has seen enough.
        }
    }

    private static async Task FloodUntilClosedAsync(SslStream connection, long most)
    {
        var chunk = new byte[64 * 1024];
        for (var written = 0L; written < most; written += chunk.Length)
        {
            try
            {
                await connection.WriteAsync(chunk, Cancelled).AsTask().WaitAsync(Deadline, TimeProvider.System, Cancelled);
            }
            catch (IOException)
            {
                return;
            }
        }

        Assert.Fail($"The sender read {most} bytes.");
    }
}
