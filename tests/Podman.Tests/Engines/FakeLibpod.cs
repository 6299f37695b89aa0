using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Stromboli.Podman.Tests.Engines;

/// <summary>How a service goes away.</summary>
public enum Outage
{
    /// <summary>Before the call: nothing listens.</summary>
    Refused,

    /// <summary>The call was not carried out, and the connection is torn.</summary>
    TornBefore,

    /// <summary>The call was carried out, and the connection is torn before the answer.</summary>
    TornAfter,

    /// <summary>The call was carried out, and the connection is torn in the middle of the answer.</summary>
    TornInTheAnswer,
}

/// <summary>
/// A libpod service, as far as a run is prepared with it, that goes away at the moment that a test says. A real one cannot be killed in the
/// middle of one call.
/// </summary>
internal sealed class FakeLibpod : IAsyncDisposable
{
    private readonly string _path;
    private readonly ConcurrentDictionary<string, bool> _containers = new();
    private readonly ConcurrentDictionary<string, byte> _volumes = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private CancellationTokenSource _stop = new();
    private Socket? _listener;
    private Task _serving = Task.CompletedTask;
    private (string Call, Outage How)? _next;
    private int _made;

    public FakeLibpod(string path)
    {
        _path = path;
        Start();
    }

    /// <summary>The calls that were carried out, as METHOD and path without its query.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>Whether an error is answered to a container's start.</summary>
    public string? StartError { get; set; }

    /// <summary>The containers, and whether they were started.</summary>
    public IReadOnlyDictionary<string, bool> Containers => _containers;

    public IReadOnlyCollection<string> Volumes => [.. _volumes.Keys];

    /// <summary>How many containers were ever made.</summary>
    public int Made => _made;

    /// <summary>The next call whose method and path begin so meets the outage.</summary>
    public void Break(string call, Outage how) => _next = (call, how);

    public void Add(string container, bool started) => _containers[container] = started;

    public void Start()
    {
        _stop = new CancellationTokenSource();
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
        _serving = AcceptAsync(_listener, _stop.Token);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        _listener?.Dispose();
        await _serving;
        await Task.WhenAll(_connections);
        File.Delete(_path);
        _stop.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(_path))
        {
            await StopAsync();
        }
    }

    private async Task AcceptAsync(Socket listener, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var connection = await listener.AcceptAsync(stop);
                _connections.Add(Task.Run(() => ServeAsync(connection, stop), CancellationToken.None));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The service is stopped.
        }
    }

    private async Task ServeAsync(Socket connection, CancellationToken stop)
    {
        using (connection)
        {
            try
            {
                while (await ReadAsync(connection, stop) is { } request)
                {
                    if (!await AnswerAsync(connection, request, stop))
                    {
                        return;
                    }
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The service is stopped, or the client has gone.
            }
        }
    }

    private async Task<bool> AnswerAsync(Socket connection, (string Call, string Query, string Body) request, CancellationToken stop)
    {
        Outage? how = null;
        if (_next is { } next && request.Call.StartsWith(next.Call, StringComparison.Ordinal))
        {
            (how, _next) = (next.How, null);
        }

        if (how == Outage.TornBefore)
        {
            return false;
        }

        var (status, body) = Carry(request.Call, request.Query, request.Body);
        Calls.Enqueue(request.Call);
        if (how == Outage.TornAfter)
        {
            return false;
        }

        var answer = Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{(status is 204 or 304 ? "" : $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n")}\r\n{body}"
        );
        await connection.SendAsync(
            how == Outage.TornInTheAnswer ? answer.AsMemory(0, answer.Length - Math.Max(body.Length / 2, 3)) : answer,
            stop
        );
        return how is null;
    }

    private (int Status, string Body) Carry(string call, string query, string body)
    {
        string[] parts = [.. call.Split(' ')[1].Split('/').Select(Uri.UnescapeDataString)];
        switch (call.Split(' ')[0], parts)
        {
            case ("GET", ["info"]):
                return (200, """{"host":{"arch":"amd64"},"version":{"Version":"5.4.2"}}""");
            case ("GET", ["images", "json"]):
                return (200, """[{"Id":"0a1b","Names":["registry.test/busybox:1"]}]""");
            case ("GET", ["images", .., "json"]):
                return (200, """{"Id":"0a1b"}""");
            case ("POST", ["images", "pull"]):
                return (200, "{\"stream\":\"Trying to pull\"}\n{\"id\":\"0a1b\"}\n");
            case ("POST", ["volumes", "create"]):
                return _volumes.TryAdd(JsonNode.Parse(body)!["Name"]!.ToString(), 0) ? (201, "{}") : Error(500, "volume already exists");
            case ("GET", ["volumes", var volume, "json"]):
                return _volumes.ContainsKey(volume)
                    ? (200, $$$"""{"Name":"{{{volume}}}","Mountpoint":"/v","Labels":{"a":"b"}}""")
                    : Error(404, "no such volume");
            case ("POST", ["containers", "create"]):
                if (!_containers.TryAdd(JsonNode.Parse(body)!["name"]!.ToString(), false))
                {
                    return Error(500, "that name is already in use");
                }

                Interlocked.Increment(ref _made);
                return (201, """{"Id":"c0ffee"}""");
            case ("POST", ["containers", var container, "start"]):
                if (StartError is { } error)
                {
                    return Error(500, error);
                }

                return !_containers.TryGetValue(container, out var started) ? Error(404, "no such container")
                    : started || !_containers.TryUpdate(container, true, false) ? (304, "")
                    : (204, "");
            case ("GET", ["containers", "json"]):
                return (200, "[]");
            case ("GET", ["containers", var container, "json"]):
                return !_containers.TryGetValue(container, out var running)
                    ? Error(404, "no such container")
                    : (
                        200,
                        $$$"""{"Id":"c0ffee","State":{"Running":{{{(running ? "true" : "false")}}},"Pid":{{{(running ? 42 : 0)}}},"StartedAt":"{{{(running ? "2026-11-30T12:00:00Z" : "0001-01-01T00:00:00Z")}}}"}}"""
                    );
            case ("DELETE", ["containers", var container]):
                return _containers.TryRemove(container, out _) ? (200, "[]") : Error(404, "no such container");
            case ("GET", ["secrets", ..]):
                return (200, """{"ID":"1","Spec":{"Name":"token"},"SecretData":"x"}""");
            default:
                return Error(500, $"not known: {call}?{query}");
        }
    }

    private static (int Status, string Body) Error(int status, string cause) =>
        (status, $$"""{"cause":"{{cause}}","message":"{{cause}}","response":{{status}}}""");

    // The clients of these tests send no chunks.
    private static async Task<(string Call, string Query, string Body)?> ReadAsync(Socket connection, CancellationToken stop)
    {
        var bytes = new List<byte>();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var text = Encoding.UTF8.GetString([.. bytes]);
            if (text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is > 0 and var end)
            {
                var length = text[..end]
                    .Split("\r\n")
                    .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                    .Select(line => int.Parse(line.Split(':')[1]))
                    .FirstOrDefault();
                if (bytes.Count >= end + 4 + length)
                {
                    var line = text.Split(' ', 3);
                    var target = line[1]["/v4.0.0/libpod/".Length..].Split('?', 2);
                    return (
                        $"{line[0]} {target[0]}",
                        target.ElementAtOrDefault(1) ?? "",
                        Encoding.UTF8.GetString([.. bytes.Skip(end + 4).Take(length)])
                    );
                }
            }

            var read = await connection.ReceiveAsync(buffer, stop);
            if (read == 0)
            {
                return null;
            }

            bytes.AddRange(buffer.AsSpan(0, read));
        }
    }
}
