using Stromboli.Kubernetes;

namespace Stromboli.Operator.Election;

/// <summary>The one term as leader that a process can have.</summary>
internal sealed partial class OperatorLeadership : ILeadership, IEpochVerifier, IAsyncDisposable
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _steppedDown = new();
    private readonly LeaderElector _elector;
    private readonly ReplicaClient _replica;
    private readonly NamespacedName _lease;
    private readonly ILogger<OperatorLeadership> _logger;
    private volatile Leadership? _term;

    public OperatorLeadership(LeaderElector elector, ReplicaClient replica, NamespacedName lease, ILogger<OperatorLeadership> logger)
    {
        _elector = elector;
        _replica = replica;
        _lease = lease;
        _logger = logger;
    }

    /// <inheritdoc/>
    public bool IsLeader => !_steppedDown.IsCancellationRequested && _term is { IsHeld: true };

    /// <inheritdoc/>
    public long Epoch => _term?.Epoch ?? 0;

    /// <summary>Whether <see cref="WaitAsync"/> has completed and this process still leads.</summary>
    public bool IsReady => _ready.Task.IsCompletedSuccessfully && IsLeader;

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>Checks the leadership before a client's write.</summary>
    /// <exception cref="NotLeaderException">This process does not lead.</exception>
    public void ThrowIfNotLeader()
    {
        if (!IsLeader)
        {
            throw new NotLeaderException();
        }
    }

    /// <summary>Waits until this process leads.</summary>
    /// <returns>A source that is cancelled when this process no longer leads.</returns>
    public async Task<CancellationTokenSource> AcquireAsync(CancellationToken cancellationToken)
    {
        var term = await _elector.AcquireAsync(cancellationToken);
        _term = term;
        return CancellationTokenSource.CreateLinkedTokenSource(term.Lost, _steppedDown.Token);
    }

    /// <summary>All informers have lists from this term, so work may begin.</summary>
    public void Begin() => _ready.TrySetResult();

    /// <inheritdoc/>
    public async Task VerifyAsync(long seenEpoch, CancellationToken cancellationToken)
    {
        try
        {
            var lease = await _replica.Client.TryGetAsync(BuiltIn.Leases, _lease, cancellationToken);
            if (lease?.Spec.HolderIdentity == _elector.Identity && lease.Spec.LeaseTransitions == Epoch)
            {
                Log.Unfounded(_logger, seenEpoch, Epoch);
                return;
            }
        }
        catch (ApiException e)
        {
            Log.Unknown(_logger, e.Message);
        }

        Log.SteppingDown(_logger, seenEpoch, Epoch);
        await _steppedDown.CancelAsync();
    }

    /// <summary>Releases the Lease, if it is still held.</summary>
    public async ValueTask DisposeAsync()
    {
        await _steppedDown.CancelAsync();
        if (_term is { } term)
        {
            await term.DisposeAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "A bridge claims to have seen epoch {Seen}, but by the Lease this operator has the latest epoch {Epoch}; refused its link"
        )]
        public static partial void Unfounded(ILogger logger, long seen, long epoch);

        [LoggerMessage(LogLevel.Warning, "Cannot read the Lease: {Message}")]
        public static partial void Unknown(ILogger logger, string message);

        [LoggerMessage(
            LogLevel.Error,
            "A bridge has seen epoch {Seen}, but this operator has epoch {Epoch}. Another operator leads; stepping down"
        )]
        public static partial void SteppingDown(ILogger logger, long seen, long epoch);
    }
}
