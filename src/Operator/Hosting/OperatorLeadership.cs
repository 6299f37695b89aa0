using Stromboli.Kubernetes;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Hosting;

/// <summary>The one term as leader that a process can have, and its end.</summary>
internal sealed partial class OperatorLeadership : ILeadership, IEpochWitness, IAsyncDisposable
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

    /// <summary>Whether <see cref="WaitAsync"/> has completed and the lead is still held.</summary>
    public bool IsReady => _ready.Task.IsCompletedSuccessfully && IsLeader;

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>For the client's writes.</summary>
    /// <exception cref="NotLeaderException">This process does not lead.</exception>
    public void ThrowIfNotLeader()
    {
        if (!IsLeader)
        {
            throw new NotLeaderException();
        }
    }

    /// <summary>Waits for the lead.</summary>
    /// <returns>Cancelled when the lead is lost.</returns>
    public async Task<CancellationTokenSource> AcquireAsync(CancellationToken cancellationToken)
    {
        var term = await _elector.AcquireAsync(cancellationToken);
        _term = term;
        return CancellationTokenSource.CreateLinkedTokenSource(term.Lost, _steppedDown.Token);
    }

    /// <summary>What the informers hold was listed in this term: work may begin.</summary>
    public void Begin() => _ready.TrySetResult();

    /// <inheritdoc/>
    public async Task SuspectAsync(long seenEpoch, CancellationToken cancellationToken)
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
            "A bridge claims to have seen epoch {Seen}, but the Lease says that epoch {Epoch} is the latest and ours; its link is refused"
        )]
        public static partial void Unfounded(ILogger logger, long seen, long epoch);

        [LoggerMessage(LogLevel.Warning, "The Lease could not be read: {Message}")]
        public static partial void Unknown(ILogger logger, string message);

        [LoggerMessage(LogLevel.Error, "A bridge has seen epoch {Seen}, this operator has {Epoch}: another one leads, stepping down")]
        public static partial void SteppingDown(ILogger logger, long seen, long epoch);
    }
}
