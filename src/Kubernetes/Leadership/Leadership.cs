using Microsoft.Extensions.Logging;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>One term as leader: renewed in the background until lost or disposed of.</summary>
public sealed partial class Leadership : IAsyncDisposable
{
    private readonly LeaseStore _leases;
    private readonly LeaderElectionOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewing;
    private Lease _lease;
    private long _renewed;
    private volatile bool _over;

    internal Leadership(LeaseStore leases, Lease lease, long renewed, LeaderElectionOptions options, TimeProvider clock, ILogger logger)
    {
        _leases = leases;
        _lease = lease;
        _renewed = renewed;
        _options = options;
        _clock = clock;
        _logger = logger;
        Epoch = lease.Spec.LeaseTransitions ?? 0;
        Lost = _lost.Token;
        _renewing = Task.Run(RenewLoopAsync);
    }

    /// <summary>The Lease's <c>leaseTransitions</c>: higher than that of every term before.</summary>
    public long Epoch { get; }

    /// <summary>
    /// Cancelled when the term ends, also by <see cref="DisposeAsync"/>: stop, drain, exit. After a pause of the process it comes later
    /// than the change of <see cref="IsHeld"/> to false.
    /// </summary>
    public CancellationToken Lost { get; }

    /// <summary>Whether the term lasts at this moment, by the clock and the last renewal.</summary>
    public bool IsHeld => !_over && Remaining > TimeSpan.Zero;

    // Counted from the time when the request was sent: other candidates count from a later time.
    private TimeSpan Remaining => _options.RenewDeadline - _clock.GetElapsedTime(Volatile.Read(ref _renewed));

    /// <summary>
    /// Ends the term and releases the Lease, so that another candidate need not wait. Call it once nothing acts as leader any more.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _renewing;
        var release = IsHeld;
        await EndAsync();
        if (release)
        {
            await ReleaseAsync();
        }
    }

    private async Task RenewLoopAsync()
    {
        while (IsHeld && !_stop.IsCancellationRequested)
        {
            var wait = Remaining < _options.RetryPeriod ? Remaining : _options.RetryPeriod;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, _clock, _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            if (!IsHeld || !await TryRenewAsync())
            {
                break;
            }
        }

        if (_stop.IsCancellationRequested)
        {
            return;
        }

        Log.Lost(_logger, _options.Lease, Epoch);
        await EndAsync();
    }

    /// <summary>False when another candidate holds the Lease.</summary>
    private async Task<bool> TryRenewAsync()
    {
        try
        {
            var timeout = Remaining < _options.RenewDeadline / 2 ? Remaining : _options.RenewDeadline / 2;
            if (timeout <= TimeSpan.Zero)
            {
                return false;
            }

            var sent = _clock.GetTimestamp();
            _lease = await _leases.RenewAsync(_lease, timeout, _stop.Token);
            Volatile.Write(ref _renewed, sent);
            return true;
        }
        catch (ApiException e) when (e.IsConflict)
        {
            return await IsStillOursAsync();
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
        catch (Exception e) when (e is ApiException or KubeConfigException)
        {
            Log.CannotRenew(_logger, _options.Lease, Remaining.TotalSeconds, e.Message);
            return true;
        }
        catch (OperationCanceledException)
        {
            return true; // disposed of
        }
    }

    // Someone changed a label of the Lease, or our own renewal took effect and its answer was lost: renew the new version.
    private async Task<bool> IsStillOursAsync()
    {
        try
        {
            var stored = await _leases.ReadAsync(_options.RetryPeriod, _stop.Token);
            if (stored is null || stored.Spec.HolderIdentity != _options.Identity || stored.Spec.LeaseTransitions != Epoch)
            {
                return false;
            }

            _lease = stored;
            return true;
        }
        catch (Exception e) when (e is ApiException or KubeConfigException)
        {
            Log.CannotRenew(_logger, _options.Lease, Remaining.TotalSeconds, e.Message);
            return true;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private async Task ReleaseAsync()
    {
        try
        {
            await _leases.ReleaseAsync(_lease, _options.RetryPeriod, CancellationToken.None);
            Log.Released(_logger, _options.Lease, Epoch);
        }
        catch (Exception e) when (e is ApiException or KubeConfigException)
        {
            Log.CannotRelease(_logger, _options.Lease, e.Message);
        }
    }

    private async Task EndAsync()
    {
        _over = true;
        KubeMetrics.Leads(_options.Lease.Name, leads: false);
        await _lost.CancelAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Lost {Lease}, epoch {Epoch}")]
        public static partial void Lost(ILogger logger, NamespacedName lease, long epoch);

        [LoggerMessage(LogLevel.Warning, "Cannot renew {Lease}, {Seconds} s left: {Cause}")]
        public static partial void CannotRenew(ILogger logger, NamespacedName lease, double seconds, string cause);

        [LoggerMessage(LogLevel.Information, "Released {Lease}, epoch {Epoch}")]
        public static partial void Released(ILogger logger, NamespacedName lease, long epoch);

        [LoggerMessage(LogLevel.Warning, "Cannot release {Lease}, others wait until it is over: {Cause}")]
        public static partial void CannotRelease(ILogger logger, NamespacedName lease, string cause);
    }
}
