using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;

namespace Stromboli.PodmanBridge.Sandbox;

/// <summary>
/// The bridge's end of one container's control socket. The shim dials; only the process that the engine names as the container's first one is
/// listened to, everything else is closed at once.
/// </summary>
internal sealed partial class ShimSocket : IAsyncDisposable
{
    /// <summary>The socket's name in the run directory.</summary>
    public const string FileName = "shim.sock";

    private const int MaxPayload = 4 * 1024 * 1024;
    private static readonly TimeSpan SendDeadline = TimeSpan.FromSeconds(5);

    private readonly Socket _listener;
    private readonly IShimReports _reports;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<int> _expectedPid = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<Memory<byte>> _outgoing = Channel.CreateBounded<Memory<byte>>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.Wait });
    private readonly Task _accepting;

    private ShimSocket(Socket listener, IShimReports reports, ILogger logger)
    {
        _listener = listener;
        _reports = reports;
        _logger = logger;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Listens in the run directory; a socket that a former bridge left there is replaced.</summary>
    public static ShimSocket Listen(string runDirectory, IShimReports reports, ILogger logger)
    {
        var path = Path.Combine(runDirectory, FileName);
        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, SocketMode);
            listener.Listen(4);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        return new ShimSocket(listener, reports, logger);
    }

    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Says which process is the shim: the container's first one, by the engine's word. Connections wait for it.</summary>
    public void Expect(int pid) => _expectedPid.TrySetResult(pid);

    /// <summary>Lets the agent go.</summary>
    public void Go(ShimGo go) => Send(ShimFrameType.Go, go.Encode().Span);

    /// <summary>Tells what is left of the lease.</summary>
    public void Lease(TimeSpan remaining)
    {
        Span<byte> payload = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(payload, Math.Max(0, (long)remaining.TotalMilliseconds));
        Send(ShimFrameType.Lease, payload);
    }

    /// <summary>Stops the agent's whole tree: TERM now, KILL after the grace.</summary>
    public void Stop(TimeSpan grace)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, (uint)grace.TotalMilliseconds);
        Send(ShimFrameType.Stop, payload);
    }

    private void Send(ShimFrameType type, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        frame[4] = (byte)type;
        payload.CopyTo(frame.AsSpan(5));
        // A frame is lost when the queue is full, which needs a shim that has not read for long; the container's end comes by the engine then.
        _outgoing.Writer.TryWrite(frame);
    }

    private async Task AcceptAsync()
    {
        try
        {
            var expected = await _expectedPid.Task.WaitAsync(_stop.Token);
            while (true)
            {
                using var connection = await _listener.AcceptAsync(_stop.Token);
                var peer = PeerCredentials.Of(connection);
                if (peer.Pid != expected)
                {
                    Log.StrangerRefused(_logger, peer.Pid, expected);
                    continue;
                }

                await ServeAsync(connection);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Log.ListenerFailed(_logger, e.Message);
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await using var stream = new NetworkStream(connection);
        var writing = WriteAsync(stream, closing.Token);
        try
        {
            await ReadAsync(stream, closing.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or JsonException or InvalidDataException)
        {
            Log.ConnectionTorn(_logger, e.Message);
        }
        finally
        {
            await closing.CancelAsync();
            await writing;
            _reports.Disconnected();
        }
    }

    private async Task ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var head = new byte[5];
        while (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken) == head.Length)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length is < 0 or > MaxPayload)
            {
                throw new InvalidDataException($"The shim announced a frame of {length} bytes.");
            }

            var payload = new byte[length];
            await stream.ReadExactlyAsync(payload, cancellationToken);
            Dispatch((ShimReportType)head[4], payload);
        }
    }

    private void Dispatch(ShimReportType type, byte[] payload)
    {
        switch (type)
        {
            case ShimReportType.Hello:
                _reports.Connected(JsonSerializer.Deserialize(payload, ShimJson.Default.ShimHello)!);
                break;
            case ShimReportType.Started:
                _reports.Started(JsonSerializer.Deserialize(payload, ShimJson.Default.ShimStarted)!);
                break;
            case ShimReportType.Exited:
                _reports.Exited(JsonSerializer.Deserialize(payload, ShimJson.Default.ShimExit)!);
                break;
            case ShimReportType.Failed:
                _reports.Failed(JsonSerializer.Deserialize(payload, ShimJson.Default.ShimFailure)!);
                break;
            default:
                throw new InvalidDataException($"The shim sent a frame of unknown type {(byte)type}.");
        }
    }

    private async Task WriteAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        try
        {
            // A frame is taken from the queue only once it is written, so that one that met a torn connection goes out on the next.
            while (await _outgoing.Reader.WaitToReadAsync(cancellationToken))
            {
                while (_outgoing.Reader.TryPeek(out var frame))
                {
                    using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                    deadline.CancelAfter(SendDeadline);
                    await stream.WriteAsync(frame, deadline.Token);
                    _outgoing.Reader.TryRead(out _);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            stream.Close();
        }
    }

    /// <summary>Closes the socket; what is in the run directory stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Refused a process (pid {Pid}) that is not the shim (pid {Expected}) on a control socket")]
        public static partial void StrangerRefused(ILogger logger, int pid, int expected);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A shim's connection is torn: {Error}")]
        public static partial void ConnectionTorn(ILogger logger, string error);

        [LoggerMessage(Level = LogLevel.Error, Message = "A control socket cannot be listened on: {Error}")]
        public static partial void ListenerFailed(ILogger logger, string error);
    }
}
