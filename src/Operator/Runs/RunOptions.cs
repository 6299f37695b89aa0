using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Runs;

/// <summary>What the operator is configured with, as far as runs go.</summary>
internal sealed record RunOptions
{
    /// <summary>What absent fields of a run mean, the default image and the operator's model origin among them.</summary>
    public required RunDefaults Defaults { get; init; }

    /// <summary>
    /// The Secret with the credential of runs that name none, in the operator's own namespace; null if there is no such default.
    /// </summary>
    public CredentialSource? DefaultCredential { get; init; }

    /// <summary>Whether runs may have <c>agent.claude.extraArgs</c>.</summary>
    public bool AllowExtraArgs { get; init; }

    /// <summary>The largest <c>resources.cpuShares</c> that a run may have.</summary>
    public int MaxCpuShares { get; init; } = UsualCpuShares;

    /// <summary>The share of a run that asks for none, and the largest that it may ask for unless the operator is told otherwise.</summary>
    public const int UsualCpuShares = 1024;

    /// <summary>How long after a look a run that waits for a Secret looks again; nobody watches Secrets.</summary>
    public TimeSpan SecretRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest of these waits: it grows with the time that the run has waited.</summary>
    public TimeSpan SecretRetryMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a node whose AgentNode is gone still counts as one that may come back.</summary>
    public TimeSpan NodeLostAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many runs are looked at side by side.</summary>
    public int Workers { get; init; } = 32;

    /// <summary>The longest wait after failures in a row: an API server that is back finds everything stored soon after.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many runs of one namespace that are not over are dealt with at once, at most; the others wait.</summary>
    public int NamespaceRuns { get; init; } = 5000;

    /// <summary>How many bytes the large specs among them may have together.</summary>
    public long NamespaceSpecBytes { get; init; } = 32L << 20;

    /// <summary>How long one attempt of this run may take.</summary>
    public TimeSpan TimeoutOf(AgentRun run) => run.Spec?.Timeout?.Value ?? Defaults.Timeout;

    /// <summary>How long the node keeps workspace and log of this run after its end.</summary>
    public TimeSpan TtlOf(AgentRun run) => run.Spec?.TtlAfterFinished?.Value ?? Defaults.TtlAfterFinished;

    /// <summary>How often this run may start again because its node was lost.</summary>
    public int NodeLostRetriesOf(AgentRun run) => run.Spec?.Retries?.NodeLost ?? Defaults.NodeLostRetries;

    /// <summary>How often this run may start again because an attempt failed.</summary>
    public int RetryLimitOf(AgentRun run) => run.Spec?.Retries?.Limit ?? Defaults.RetryLimit;

    /// <summary>The ends of an attempt of this run that are tried again.</summary>
    public IReadOnlyList<string> RetryReasonsOf(AgentRun run) => run.Spec?.Retries?.Reasons ?? Defaults.RetryReasons;

    /// <summary>The time before the first retry of this run.</summary>
    public TimeSpan RetryBackoffOf(AgentRun run) => run.Spec?.Retries?.Backoff?.Value ?? Defaults.RetryBackoff;

    /// <summary>How many bytes of this run's result its status takes.</summary>
    public int StatusBytesOf(AgentRun run) => (int?)run.Spec?.Output?.StatusBytes?.WholeUnits ?? Defaults.StatusBytes;
}
