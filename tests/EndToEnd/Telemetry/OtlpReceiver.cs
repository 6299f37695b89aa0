using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Stromboli.EndToEnd.Telemetry;

/// <summary>A receiver of OTLP over HTTP with binary Protocol Buffers, as a collector has one. It keeps what arrives.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener _http = new();
    private readonly ConcurrentQueue<ReceivedSpan> _spans = [];
    private readonly ConcurrentDictionary<(string Service, string Metric), bool> _metrics = [];
    private readonly ConcurrentQueue<string> _problems = [];
    private readonly Task _serving;

    /// <summary>Starts to receive on a free port of loopback.</summary>
    public OtlpReceiver()
    {
        Endpoint = $"http://127.0.0.1:{FreePort()}";
        _http.Prefixes.Add($"{Endpoint}/");
        _http.Start();
        _serving = ServeAsync();
    }

    /// <summary>The value of <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public string Endpoint { get; }

    /// <summary>The variables with which a process sends everything here, without much delay.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        };

    /// <summary>The spans so far, without those that arrived twice.</summary>
    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans.DistinctBy(span => (span.TraceID, span.SpanID))];

    /// <summary>The metrics so far, with the services that sent them.</summary>
    public ICollection<(string Service, string Metric)> Metrics => _metrics.Keys;

    /// <summary>What arrived and is not OTLP.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _http.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                await TakeAsync(context.Request);
                // An empty message: everything was accepted.
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception e) when (e is FormatException or InvalidOperationException or IOException or HttpListenerException)
            {
                // A sender that is killed breaks off, which is no fault of its message.
                if (e is FormatException or InvalidOperationException)
                {
                    _problems.Enqueue($"{context.Request.RawUrl}: {e.Message}");
                }

                context.Response.Abort();
            }
        }
    }

    private async Task TakeAsync(HttpListenerRequest request)
    {
        if (request.ContentType != "application/x-protobuf")
        {
            throw new FormatException($"The content type is {request.ContentType}.");
        }

        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body);
        var message = new ProtoMessage(body.ToArray());
        switch (request.RawUrl)
        {
            case "/v1/traces":
                foreach (var span in ReceivedSpan.Of(message))
                {
                    _spans.Enqueue(span);
                }

                break;
            case "/v1/metrics":
                foreach (var resource in message.Messages(1))
                {
                    var names = resource.Messages(2).SelectMany(scope => scope.Messages(2)).Select(metric => metric.Text(1));
                    foreach (var name in names)
                    {
                        _metrics[(ReceivedSpan.ServiceOf(resource), name)] = true;
                    }
                }

                break;
            case var other:
                throw new FormatException($"OTLP has no path {other}.");
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
