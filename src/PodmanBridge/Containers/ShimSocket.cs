using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// The bridge's end of one container's control socket. The shim connects to it. The bridge listens only to the process that the engine
/// reports as the container's first one, and only if it is the shim. The bridge checks that on each connection before it reads a byte, and
/// closes every other connection at once. What the bridge wants of the shim is kept as state and sent again on each connection, since the
/// bridge cannot know what arrived over a broken one. A lease is computed when it is sent, never earlier.
/// </summary>
internal sealed partial class ShimSocket : IAsyncDisposable
{
    /// <summary>The socket's name in the run directory.</summary>
    public const string FileName = "shim.sock";

    private static readonly TimeSpan SendDeadline = TimeSpan.FromSeconds(5);

    private readonly PeerListener _listener;
    private readonly Func<int, string?> _check;
    private readonly IShimReports _reports;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<int> _expectedPid = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly Func<TimeSpan> _lease;
    private readonly Task _accepting;
    private volatile Func<ShimGo>? _go;
    private volatile byte[]? _stopFrame;
    private volatile bool _leaseChanged;

    private ShimSocket(PeerListener listener, Func<int, string?> check, Func<TimeSpan> lease, IShimReports reports, ILogger logger)
    {
        _listener = listener;
        _check = check;
        _lease = lease;
        _reports = reports;
        _logger = logger;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Listens in the run directory. Replaces a socket that an earlier bridge left there.</summary>
    /// <param name="runDirectory">The attempt's run directory on this node.</param>
    /// <param name="check">
    /// Why a process cannot be the shim, as half a sentence; null if it is the shim. Throws an <see cref="IOException"/> if the process is
    /// gone.
    /// </param>
    /// <param name="lease">How much of the node's lease is left at the moment.</param>
    /// <param name="reports">Receives what the shim reports.</param>
    /// <param name="logger">The log.</param>
    public static ShimSocket Listen(
        string runDirectory,
        Func<int, string?> check,
        Func<TimeSpan> lease,
        IShimReports reports,
        ILogger logger
    ) => new(PeerListener.Bind(Path.Combine(runDirectory, FileName), logger), check, lease, reports, logger);

    /// <summary>The process that the bridge listens to, once it is known.</summary>
    public Task<int> Pid => _expectedPid.Task;

    /// <summary>Sets which process is the shim: the container's first one, as the engine reports it. Connections wait for this.</summary>
    public void Expect(int pid) => _expectedPid.TrySetResult(pid);

    /// <summary>Lets the agent go. The function is called at the moment of sending.</summary>
    public void Go(Func<ShimGo> go)
    {
        _go = go;
        _changed.Writer.TryWrite(true);
    }

    /// <summary>The lease has changed.</summary>
    public void RenewLease()
    {
        _leaseChanged = true;
        _changed.Writer.TryWrite(true);
    }

    /// <summary>Stops the agent's whole tree: TERM now, KILL after the grace.</summary>
    public void Stop(TimeSpan grace)
    {
        _stopFrame = ShimFrame.Stop(grace);
        _changed.Writer.TryWrite(true);
    }

    private async Task AcceptAsync()
    {
        var serving = Task.CompletedTask;
        try
        {
            var expected = await _expectedPid.Task.WaitAsync(_stop.Token);
            while (true)
            {
                // The shim connects again only after it has closed its last connection. Connections of other processes do not wait for
                // that, since they would fill the backlog.
                serving = ServeAfterAsync(serving, await _listener.AcceptAsync(expected, _stop.Token), expected);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }

        await serving;
    }

    private async Task ServeAfterAsync(Task last, Socket connection, int pid)
    {
        using (connection)
        {
            await last;
            if (IsShim(pid))
            {
                await ServeAsync(connection);
            }
        }
    }

    private bool IsShim(int pid)
    {
        try
        {
            if (_check(pid) is not { } problem)
            {
                return true;
            }

            _reports.Denied(problem);
        }
        catch (IOException e)
        {
            // The process is gone. The engine reports how it ended.
            Log.ConnectionTorn(_logger, e.Message);
            _reports.Disconnected();
        }

        return false;
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
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or JsonException or InvalidDataException)
        {
            Log.ConnectionTorn(_logger, e.Message);
        }
        catch (OperationCanceledException)
        {
            // Disposed.
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
        var greeted = false;
        while (await ShimFrame.ReadAsync(stream, cancellationToken) is var (type, payload))
        {
            if (type == ShimReportType.Hello)
            {
                greeted = await _reports.ConnectedAsync(Parse(payload, ShimJson.Default.ShimHello), cancellationToken);
            }
            else if (greeted)
            {
                Dispatch(type, payload);
            }

            if (!greeted)
            {
                throw new InvalidDataException("No Hello that can be believed came first.");
            }
        }
    }

    private void Dispatch(ShimReportType type, byte[] payload)
    {
        switch (type)
        {
            case ShimReportType.Started:
                _reports.Started(Parse(payload, ShimJson.Default.ShimStarted));
                break;
            case ShimReportType.Exited:
                _reports.Exited(Parse(payload, ShimJson.Default.ShimExit));
                break;
            case ShimReportType.Failed:
                _reports.Failed(Parse(payload, ShimJson.Default.ShimFailure));
                break;
            default:
                throw new InvalidDataException($"The shim sent a frame of unknown type {(byte)type}.");
        }
    }

    private static T Parse<T>(byte[] payload, JsonTypeInfo<T> type)
        where T : class =>
        JsonSerializer.Deserialize(payload, type) ?? throw new InvalidDataException("The shim sent a frame that says nothing.");

    private async Task WriteAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        try
        {
            var said = new Said();
            _leaseChanged = true;
            while (true)
            {
                await SayAsync(said, stream, cancellationToken);
                await _changed.Reader.ReadAsync(cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            stream.Close();
        }
    }

    private async Task SayAsync(Said said, NetworkStream stream, CancellationToken cancellationToken)
    {
        if (_stopFrame is null && _go is { } go && !said.Go)
        {
            said.Go = true;
            await SendAsync(stream, ShimFrame.Go(go()), cancellationToken);
        }

        // A bridge without a lease sends none, and the shim keeps the last one.
        if (_leaseChanged && _lease() is { } left && left > TimeSpan.Zero)
        {
            _leaseChanged = false;
            await SendAsync(stream, ShimFrame.Lease(left), cancellationToken);
        }

        if (_stopFrame is { } stop && !ReferenceEquals(stop, said.Stop))
        {
            said.Stop = stop;
            await SendAsync(stream, stop, cancellationToken);
        }
    }

    private static async Task SendAsync(NetworkStream stream, byte[] frame, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(SendDeadline);
        await stream.WriteAsync(frame, deadline.Token);
    }

    /// <summary>Closes the socket. The content of the run directory stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    /// <summary>What was sent on one connection.</summary>
    private sealed class Said
    {
        public bool Go { get; set; }

        public byte[]? Stop { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A shim's connection is torn: {Error}")]
        public static partial void ConnectionTorn(ILogger logger, string error);
    }
}
