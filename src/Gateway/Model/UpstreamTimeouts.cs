namespace Stromboli.Gateway.Model;

/// <summary>
/// How long an upstream is waited for: a bound until its answer begins, one for each silence within it, and a short one for everything once
/// the agent has hung up, since what is read then is read for the ledger only. Over at once when the run is refused.
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

    /// <summary>Cancelled when there is nothing left to wait for.</summary>
    public CancellationToken Token => _any.Token;

    /// <summary>Whether it was the upstream that took too long.</summary>
    public bool RanOut => _bound.IsCancellationRequested;

    /// <summary>The upstream has sent something: the next bound begins.</summary>
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
