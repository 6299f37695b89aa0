using Stromboli.Gateway.Accounting;
using Stromboli.Gateway.Sockets;

namespace Stromboli.Gateway.Model;

/// <summary>
/// Connects every agent to its model through a socket for each run. It adds the credential, which is nowhere else on the node, and counts
/// what is used.
/// </summary>
internal sealed class ModelGateway : IAsyncDisposable
{
    private readonly ModelGatewayOptions _options;
    private readonly UpstreamClient _upstream;
    private readonly GatewayServer<ModelRun> _server;
    private readonly Lock _lock = new();
    private readonly HashSet<ModelRun> _runs = [];

    /// <summary>A gateway that does not serve yet.</summary>
    public ModelGateway(ModelGatewayOptions options)
    {
        _options = options;
        _upstream = new UpstreamClient(options.Dialer);
        _server = new GatewayServer<ModelRun>(
            new ModelHandler(new MessageForwarder(options, _upstream), options),
            new GatewayLimits(options.LargestBody, HeaderBytes: 32 * 1024),
            options.Loggers,
            options.Clock
        );
    }

    /// <summary>Begins to serve.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(cancellationToken);

    /// <summary>
    /// Opens a run's socket. Requests wait until <see cref="ModelRun.Admit"/> is called. Dispose the run to close the socket; the ledger
    /// stays on disk.
    /// </summary>
    /// <exception cref="IOException">The ledger cannot be used.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The socket cannot be created.</exception>
    public Task<ModelRun> OpenAsync(ModelRunOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var run = new ModelRun(_options, options, _server, Forget);
        lock (_lock)
        {
            _runs.Add(run);
        }

        return Task.FromResult(run);
    }

    /// <summary>
    /// Reads what a run used from its ledger, for a run that ended while no bridge was running. Returns null if it has no ledger.
    /// </summary>
    /// <exception cref="IOException">The ledger cannot be used.</exception>
    public LedgerTotals? Recall(string ledgerPath)
    {
        if (!File.Exists(ledgerPath))
        {
            return null;
        }

        using var ledger = Ledger.Open(ledgerPath, _options.Clock);
        return ledger.Totals(_options.Prices(), _options.ServerTools());
    }

    /// <summary>Closes every run and stops serving.</summary>
    public async ValueTask DisposeAsync()
    {
        ModelRun[] runs;
        lock (_lock)
        {
            runs = [.. _runs];
        }

        foreach (var run in runs)
        {
            await run.DisposeAsync();
        }

        await _server.DisposeAsync();
        _upstream.Dispose();
    }

    private void Forget(ModelRun run)
    {
        lock (_lock)
        {
            _runs.Remove(run);
        }
    }
}
