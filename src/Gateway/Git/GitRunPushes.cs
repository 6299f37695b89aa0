using Stromboli.Gateway.Git.Protocol;
using Stromboli.Gateway.Sockets;

namespace Stromboli.Gateway.Git;

/// <summary>The pushes of one run: what it may push, what it pushed, and one push at a time.</summary>
internal sealed class GitRunPushes(PushRules rules, IPushRecord record, TimeProvider clock) : IDisposable
{
    /// <summary>How many pushes a run may make at once after a quiet time.</summary>
    public const int Burst = 30;

    private const double PerSecond = 0.1;

    private readonly ConcurrencyLimit _one = new(1);
    private readonly TokenBucket _rate = new(PerSecond, Burst, clock);

    /// <summary>What the run may push.</summary>
    public PushRules Rules => rules;

    /// <summary>What the run pushed.</summary>
    public IPushRecord Record => record;

    /// <summary>Waits until no other push of the run is under way, so that each is judged by what came of the one before.</summary>
    public Task<IDisposable> EnterAsync(CancellationToken cancellationToken) => _one.EnterAsync(cancellationToken);

    /// <summary>Counts a push that goes out; false if there were too many. Each is a write of the run's status.</summary>
    public bool TryCount() => _rate.TryTake(out _);

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();
}
