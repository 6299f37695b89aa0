using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>When the run is tried again from its beginning.</summary>
[CelRule("!has(self.__true__)", "{path}.on " + Sentences.QuotedOn, Field = "on")]
public sealed record RetrySpec
{
    /// <summary>How many times the run may start again because an attempt ended for one of the reasons in on. 0 when absent.</summary>
    [Bounds(0, RunLimits.Retries)]
    public int? Limit { get; init; }

    /// <summary>
    /// Reasons of an attempt's end that another attempt follows, in YAML with its name in quotes ("on"), since on is true there: AgentError, AuthenticationFailed, Crashed, GitCloneFailed, HookFailed, ImagePullFailed, MaxTurnsReached,
    /// ModelUnavailable, OutOfMemory, RateLimited, ServiceNotReady, StorageLimitExceeded, TimedOut. Crashed, OutOfMemory, ModelUnavailable and RateLimited when absent.
    /// </summary>
    [Items(RunLimits.RetryReasons, TextMin = 1, TextMax = RunLimits.RetryReason)]
    [Pattern(Patterns.RetryReason, Sentences.RetryReason)]
    public List<string>? On { get; init; }

    /// <summary>
    /// No field of its own: what YAML 1.1, and so kubectl, makes of an on without quotes. It is refused. Where unknown fields are dropped silently (Argo CD, Flux, an older
    /// kubectl) the run would be tried again for other reasons than those that were written.
    /// </summary>
    [Items(RunLimits.RetryReasons, TextMin = 0, TextMax = RunLimits.RetryReason)]
    public List<string>? True { get; init; }

    /// <summary>Time before the first retry; it doubles with each, up to ten minutes or itself if that is longer, and up to a quarter is added at random. 10s when absent.</summary>
    [DurationBounds(RunLimits.MinBackoff, RunLimits.MaxBackoff)]
    public GoDuration? Backoff { get; init; }

    /// <summary>How many times the run may start again, perhaps on another node, because its node was lost or its engine could not run the container. Counts apart from limit. 1 when absent.</summary>
    [Bounds(0, RunLimits.NodeLostRetries)]
    public int? NodeLost { get; init; }
}
