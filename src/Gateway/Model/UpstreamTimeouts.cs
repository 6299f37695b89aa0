namespace Stromboli.Gateway.Model;

/// <summary>
/// The timeouts of an upstream: one until its answer begins, one for each silence within it, and a short one for the rest once the agent
/// has hung up, because the rest is read only for the ledger. Cancelled at once when the run is refused.
/// </summary>
internal sealed class UpstreamTimeouts : IDisposable
{
    private readonly ModelGatewayOptions _options;
    private readonly CancellationTokenSource _bound;
    private readonly CancellationTokenSource _drain;
    private readonly CancellationTokenSource _any;
    private readonly CancellationTokenRegistration _hangUp;

    public UpstreamTimeouts(ModelGatewayOptions options, CancellationToken agentHungUp, CancellationToken refused)
    {
        _options = options;
        _bound = new CancellationTokenSource(options.AnswerWait, options.Clock);
        _drain = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.Clock);
        _any = CancellationTokenSource.CreateLinkedTokenSource(_bound.Token, _drain.Token, refused);
        _hangUp = agentHungUp.Register(() => _drain.CancelAfter(options.Drain));
    }

    /// <summary>Cancelled when a timeout expires or the run is refused.</summary>
    public CancellationToken Token => _any.Token;

    /// <summary>Whether the upstream took too long.</summary>
    public bool RanOut => _bound.IsCancellationRequested;

    /// <summary>Restarts the timeout, because the upstream has sent something.</summary>
    public void Renew() => _bound.CancelAfter(_options.Silence);

    /// <inheritdoc/>
    public void Dispose()
    {
        _hangUp.Dispose();
        _any.Dispose();
        _bound.Dispose();
        _drain.Dispose();
    }
}
