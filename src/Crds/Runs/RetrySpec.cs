using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>When the run is started again from the beginning.</summary>
public sealed record RetrySpec
{
    /// <summary>limit is the maximum number of retries after attempts that ended with one of reasons. Defaults to 0.</summary>
    [Bounds(0, RunLimits.Retries)]
    public int? Limit { get; init; }

    /// <summary>
    /// reasons lists the reasons after which an attempt is retried: AgentError, AuthenticationFailed, Crashed, GitCloneFailed, HookFailed,
    /// ImagePullFailed, MaxTurnsReached, ModelUnavailable, OutOfMemory, RateLimited, ServiceNotReady, StorageLimitExceeded, TimedOut.
    /// Defaults to Crashed, OutOfMemory, ModelUnavailable and RateLimited.
    /// </summary>
    [Items(RunLimits.RetryReasons, TextMin = 1, TextMax = RunLimits.RetryReason)]
    [Pattern(Patterns.RetryReason, Messages.RetryReason)]
    public List<string>? Reasons { get; init; }

    /// <summary>
    /// backoff is the delay before the first retry. It doubles with each retry, up to ten minutes or to backoff itself, whichever is
    /// longer. Up to a quarter is added at random. Defaults to 10s.
    /// </summary>
    [DurationBounds(RunLimits.MinBackoff, RunLimits.MaxBackoff)]
    public GoDuration? Backoff { get; init; }

    /// <summary>
    /// nodeLost is the maximum number of retries because the node was lost or its Podman could not run the container. The retry can run on
    /// another node. It does not count towards limit. Defaults to 1.
    /// </summary>
    [Bounds(0, RunLimits.NodeLostRetries)]
    public int? NodeLost { get; init; }
}
