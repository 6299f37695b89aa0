using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>
/// Elects one leader among processes over a coordination.k8s.io/v1 Lease, as client-go does. A candidate uses its own clock and
/// its own observations of the Lease, never the time written in it.
/// </summary>
public sealed partial class LeaderElector : IAsyncDisposable
{
    private readonly LeaderElectionOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly LeaseStore _leases;
    private readonly LeaseObservation _observation;
    private volatile Leadership? _leadership;

    /// <summary>Makes a candidate; nothing happens before <see cref="AcquireAsync"/>.</summary>
    /// <param name="client">Client for election requests, which bypass its rate limiter and its write guard.</param>
    /// <param name="options">Lease, identity, times.</param>
    /// <param name="clock">Its timestamps must go on while process and machine are stopped (CLOCK_BOOTTIME).</param>
    /// <param name="logger">The log.</param>
    public LeaderElector(KubeClient client, LeaderElectionOptions options, TimeProvider clock, ILogger<LeaderElector>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        if (options.RenewDeadline >= options.LeaseDuration || options.RetryPeriod >= options.RenewDeadline)
        {
            throw new ArgumentException(
                "RetryPeriod must be shorter than RenewDeadline, and that shorter than LeaseDuration.",
                nameof(options)
            );
        }

        _options = options;
        _clock = clock;
        _logger = logger ?? NullLogger<LeaderElector>.Instance;
        _leases = new(client, options, _clock);
        _observation = new(_clock);
        KubeMetrics.Leads(options.Lease.Name, leads: false);
    }

    /// <summary>The identity of this process in the Lease.</summary>
    public string Identity => _options.Identity;

    /// <summary>
    /// Whether this process leads at this moment. It turns false by time alone once the renew deadline has passed, also right after a pause
    /// of the process.
    /// </summary>
    public bool IsLeader => _leadership is { IsHeld: true };

    /// <summary>The current leadership, or null.</summary>
    public Leadership? Current => _leadership is { IsHeld: true } held ? held : null;

    /// <summary>Holder of the Lease when it was last read.</summary>
    public string? Holder => _observation.Holder;

    /// <summary>Guards <see cref="KubeClientOptions.BeforeWrite"/> and everything else that only a leader may do.</summary>
    /// <exception cref="NotLeaderException">This process does not lead.</exception>
    public void ThrowIfNotLeader()
    {
        if (!IsLeader)
        {
            throw new NotLeaderException();
        }
    }

    /// <summary>
    /// Waits until this process leads; without an API server it keeps trying. Dispose the leadership to release the Lease. After a lost one
    /// another call is possible, but to drain and exit is safer.
    /// </summary>
    public async Task<Leadership> AcquireAsync(CancellationToken cancellationToken)
    {
        if (IsLeader)
        {
            throw new InvalidOperationException("This process already leads.");
        }

        while (true)
        {
            var sent = _clock.GetTimestamp();
            if (await TryAcquireAsync(cancellationToken) is { } lease)
            {
                Log.Acquired(_logger, _options.Lease, _options.Identity, lease.Spec.LeaseTransitions ?? 0);
                KubeMetrics.Leads(_options.Lease.Name, leads: true);
                return _leadership = new Leadership(_leases, lease, sent, _options, _clock, _logger);
            }

            // Jitter, not a secret.
            await Task.Delay(_options.RetryPeriod * (1 + (0.2 * Random.Shared.NextDouble())), _clock, cancellationToken);
        }
    }

    /// <summary>Ends the current term, if there is one, and releases the Lease.</summary>
    public ValueTask DisposeAsync() => _leadership?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<Lease?> TryAcquireAsync(CancellationToken cancellationToken)
    {
        try
        {
            var timeout = _options.RenewDeadline / 2;
            if (await _leases.ReadAsync(timeout, cancellationToken) is not { } stored)
            {
                return await _leases.CreateAsync(timeout, cancellationToken);
            }

            _observation.See(stored);
            return _observation.IsFree(stored, _options.Identity) ? await _leases.TakeAsync(stored, timeout, cancellationToken) : null;
        }
        catch (ApiException e) when (e.IsConflict || e.IsAlreadyExists)
        {
            return null; // another candidate was faster
        }
        catch (Exception e) when (e is ApiException or KubeConfigException)
        {
            Log.CannotAcquire(_logger, _options.Lease, e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Leading by {Lease} as {Identity}, epoch {Epoch}")]
        public static partial void Acquired(ILogger logger, NamespacedName lease, string identity, int epoch);

        [LoggerMessage(LogLevel.Warning, "Cannot acquire {Lease}: {Cause}")]
        public static partial void CannotAcquire(ILogger logger, NamespacedName lease, string cause);
    }
}
