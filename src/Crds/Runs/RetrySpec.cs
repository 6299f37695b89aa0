using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>When the run is tried again from its beginning.</summary>
public sealed record RetrySpec
{
    /// <summary>How many times the run may start again because an attempt ended for one of the reasons. 0 when absent.</summary>
    [Bounds(0, RunLimits.Retries)]
    public int? Limit { get; init; }

    /// <summary>
    /// Reasons of an attempt's end that another attempt follows: AgentError, AuthenticationFailed, Crashed, GitCloneFailed, HookFailed,
    /// ImagePullFailed, MaxTurnsReached, ModelUnavailable, OutOfMemory, RateLimited, ServiceNotReady, StorageLimitExceeded, TimedOut.
    /// Crashed, OutOfMemory, ModelUnavailable and RateLimited when absent.
    /// </summary>
    [Items(RunLimits.RetryReasons, TextMin = 1, TextMax = RunLimits.RetryReason)]
    [Pattern(Patterns.RetryReason, Sentences.RetryReason)]
    public List<string>? Reasons { get; init; }

    /// <summary>
    /// Time before the first retry; it doubles with each, up to ten minutes or itself if that is longer, and up to a quarter is added at
    /// random. 10s when absent.
    /// </summary>
    [DurationBounds(RunLimits.MinBackoff, RunLimits.MaxBackoff)]
    public GoDuration? Backoff { get; init; }

    /// <summary>
    /// How many times the run may start again, perhaps on another node, because its node was lost or its engine could not run the
    /// container. Counts apart from limit. 1 when absent.
    /// </summary>
    [Bounds(0, RunLimits.NodeLostRetries)]
    public int? NodeLost { get; init; }
}
