using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Stromboli.Egress;
using Stromboli.Gateway.Sockets;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Git;

/// <summary>
/// One clone or agent at the gateway: its socket, its repository, what it may push, and what went wrong. No other run uses its connections.
/// Safe for concurrent use.
/// </summary>
internal sealed class GitRun : IGatewayRun, IAsyncDisposable
{
    /// <summary>The requests of one clone that are under way at once; git makes one after the other.</summary>
    public const int MostRequests = 4;

    private readonly GitGatewayOptions _options;
    private readonly RunSocket _socket;
    private readonly HttpMessageInvoker _client;
    private readonly ConcurrencyLimit _turns = new(MostRequests);
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile GitRemote _remote;
    private long _received;

    /// <summary>Opens a socket; <see cref="GitGateway"/> calls it.</summary>
    public GitRun(
        string key,
        string socketPath,
        GitRemote remote,
        ISocketPeers peers,
        GitRunPushes? push,
        GitGatewayOptions options,
        GatewayServer<GitRun> server
    )
    {
        (Key, _remote, Pushes, _options) = (key, remote, push, options);
        Over = _closing.Token;
        _client = new HttpMessageInvoker(Handler());
        _socket = server.Listen(this, socketPath, peers);
    }

    /// <inheritdoc/>
    public string Key { get; }

    /// <summary>The repository.</summary>
    public GitRemote Remote => _remote;

    /// <summary>What the run may push; null for nothing.</summary>
    public GitRunPushes? Pushes { get; }

    /// <inheritdoc/>
    public RequestCount Requests { get; } = new();

    /// <inheritdoc/>
    public CancellationToken Over { get; }

    /// <summary>What went wrong first; null while nothing has.</summary>
    public GitFailure? Failure
    {
        get
        {
            lock (_lock)
            {
                return field;
            }
        }
        private set;
    }

    /// <summary>Whether a request may go out at this moment.</summary>
    public bool MayGo => !Over.IsCancellationRequested && _options.LeaseHolds();

    /// <summary>Lets the run's requests through from now on. A later credential replaces the one before.</summary>
    /// <param name="credential">The credential for the repository's server; null for none.</param>
    public void Admit(GitCredential? credential)
    {
        _remote = _remote.With(credential);
        _admitted.TrySetResult();
    }

    /// <summary>Waits until the run is admitted. The credential comes again after a restart of the bridge.</summary>
    public Task AdmittedAsync(CancellationToken cancellationToken) =>
        _admitted.Task.WaitAsync(_options.AnswerWait, _options.Clock, cancellationToken);

    /// <summary>Notes what went wrong; what came first counts.</summary>
    public void Note(GitFailure failure)
    {
        lock (_lock)
        {
            Failure ??= failure;
        }
    }

    /// <summary>Counts bytes of the server's; false when they are too many.</summary>
    public bool Receive(int bytes)
    {
        if (Interlocked.Add(ref _received, bytes) <= _options.MostBytes)
        {
            return true;
        }

        Note(new GitFailure(GitFailureKind.TooLarge, $"{_options.MostBytes}"));
        return false;
    }

    /// <summary>Waits until fewer than <see cref="MostRequests"/> are under way.</summary>
    public Task<IDisposable> TurnAsync(CancellationToken cancellationToken) => _turns.EnterAsync(cancellationToken);

    /// <summary>Sends a request to the repository's server; returns when the head of the answer is there.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _client.SendAsync(request, cancellationToken);

    /// <summary>Cuts what is under way, waits until it is gone, and closes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Requests.Close())
        {
            return;
        }

        await _closing.CancelAsync();
        await _socket.DisposeAsync();
        await Requests.Idle;
        _client.Dispose();
        _turns.Dispose();
        Pushes?.Dispose();
        _closing.Dispose();
    }

    // This turns off what an HTTP client does by itself: redirects, cookies, proxies of the environment, decompression, tracing headers.
    private SocketsHttpHandler Handler() =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PreAuthenticate = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            ResponseDrainTimeout = TimeSpan.Zero,
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = 64,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) => _options.Trust.Accepts(certificate, chain, errors),
            },
            ConnectCallback = async (context, cancellationToken) =>
                await _options.Dialer.ConnectAsync(
                    new DialTarget(context.DnsEndPoint.Host, context.DnsEndPoint.Port, Remote.Scope),
                    host => host == Remote.Host,
                    cancellationToken
                ),
        };
}
