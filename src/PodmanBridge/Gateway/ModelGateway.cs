using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>
/// The way of every agent to its model: one HTTP server behind a unix socket for each run. It adds the credential, which is nowhere else on the node, and
/// counts what is used. It opens no port.
/// </summary>
internal sealed class ModelGateway : IAsyncDisposable
{
    private readonly GatewayOptions _options;
    private readonly GatewayTransport _transport;
    private readonly KestrelServer _server;
    private readonly UpstreamClient _upstream;
    private readonly Lock _lock = new();
    private readonly HashSet<GatewayRun> _runs = [];

    /// <summary>A gateway that does not serve yet.</summary>
    public ModelGateway(GatewayOptions options)
    {
        _options = options;
        _transport = new GatewayTransport(options.Loggers, options.Time);
        _upstream = new UpstreamClient(options.Dialer);
        _server = new KestrelServer(Options.Create(Kestrel(options)), _transport, options.Loggers);
    }

    /// <summary>Begins to serve.</summary>
    public Task StartAsync(CancellationToken cancellationToken) =>
        _server.StartAsync(new GatewayApplication(_options, new MessageForwarder(_options, _upstream)), cancellationToken);

    /// <summary>Opens a run's socket. Its requests wait until <see cref="GatewayRun.Admit"/>. Dispose the run to close it; its ledger stays on disk.</summary>
    /// <exception cref="IOException">The ledger cannot be used.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The socket cannot be made.</exception>
    public Task<GatewayRun> OpenAsync(GatewayRunOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var run = new GatewayRun(_options, options, _transport, Forget);
        lock (_lock)
            _runs.Add(run);
        return Task.FromResult(run);
    }

    /// <summary>What a run used, from its ledger alone: for a run that ended while no bridge was there. Null when it has no ledger.</summary>
    /// <exception cref="IOException">The ledger cannot be used.</exception>
    public LedgerTotals? Recall(string ledgerPath)
    {
        if (!File.Exists(ledgerPath))
            return null;
        using var ledger = Ledger.Open(ledgerPath, _options.Time);
        return ledger.Totals(_options.Prices());
    }

    /// <summary>Closes every run and stops serving.</summary>
    public async ValueTask DisposeAsync()
    {
        GatewayRun[] runs;
        lock (_lock)
            runs = [.. _runs];
        foreach (var run in runs)
            await run.DisposeAsync();
        using (var now = new CancellationTokenSource())
        {
            // Nothing is under way any more; what is left are idle connections.
            await now.CancelAsync();
            await _server.StopAsync(now.Token);
        }

        _server.Dispose();
        _upstream.Dispose();
        await _transport.DisposeAsync();
    }

    private void Forget(GatewayRun run)
    {
        lock (_lock)
            _runs.Remove(run);
    }

    private static KestrelServerOptions Kestrel(GatewayOptions options)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = options.LargestBody;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
        // An agent that is stopped, or starved of processor time, reads late; how late is bounded where its answer is written.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(new GatewayEndPoint(), endpoint => endpoint.Protocols = HttpProtocols.Http1);
        return kestrel;
    }
}
