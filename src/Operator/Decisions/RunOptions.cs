using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Egress;
using Stromboli.Operator.Inputs;

namespace Stromboli.Operator.Decisions;

/// <summary>The options of runs.</summary>
internal sealed record RunOptions
{
    /// <summary>The values of absent fields of a run, including the default image and the operator's model origin.</summary>
    public required RunDefaults Defaults { get; init; }

    /// <summary>How Secrets and ConfigMaps are read.</summary>
    public InputOptions Inputs { get; init; } = new();

    /// <summary>Whether runs may have <c>agent.claude.extraArgs</c>.</summary>
    public bool AllowExtraArgs { get; init; }

    /// <summary>The largest <c>resources.cpuShares</c> that a run may have.</summary>
    public int MaxCpuShares { get; init; } = DefaultCpuShares;

    /// <summary>The share of a run that requests none. By default also the largest share that a run may request.</summary>
    public const int DefaultCpuShares = 1024;

    /// <summary>The hosts that <c>spec.webhooks</c> may name.</summary>
    public HostList WebhookHosts { get; init; } = HostList.None;

    /// <summary>How long after the deletion of its AgentNode a node counts as lost.</summary>
    public TimeSpan NodeLostAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many runs are reconciled at the same time.</summary>
    public int Workers { get; init; } = 32;

    /// <summary>
    /// The longest delay after repeated failures. It is short, so that everything is stored soon after the API server is back.
    /// </summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many unfinished runs of one namespace are handled at one time. The others wait.</summary>
    public int NamespaceRuns { get; init; } = 5000;

    /// <summary>How many bytes the large specs of these runs may have together.</summary>
    public long NamespaceSpecBytes { get; init; } = 32L << 20;

    /// <summary>How long one attempt of the run may take.</summary>
    public TimeSpan TimeoutOf(AgentRun run) => run.Spec?.Timeout?.Value ?? Defaults.Timeout;

    /// <summary>How long the node keeps the workspace and the log of the run after its end.</summary>
    public TimeSpan TtlOf(AgentRun run) => run.Spec?.TtlAfterFinished?.Value ?? Defaults.TtlAfterFinished;

    /// <summary>How many retries may follow the loss of the run's node.</summary>
    public int NodeLostRetriesOf(AgentRun run) => run.Spec?.Retries?.NodeLost ?? Defaults.NodeLostRetries;

    /// <summary>How many retries may follow failed attempts of the run.</summary>
    public int RetryLimitOf(AgentRun run) => run.Spec?.Retries?.Limit ?? Defaults.RetryLimit;

    /// <summary>The end reasons of the run's attempts that allow a retry.</summary>
    public IReadOnlyList<string> RetryReasonsOf(AgentRun run) => run.Spec?.Retries?.Reasons ?? Defaults.RetryReasons;

    /// <summary>The delay before the first retry of the run.</summary>
    public TimeSpan RetryBackoffOf(AgentRun run) => run.Spec?.Retries?.Backoff?.Value ?? Defaults.RetryBackoff;

    /// <summary>How many bytes of the run's result its status holds.</summary>
    public int StatusBytesOf(AgentRun run) => (int?)run.Spec?.Output?.StatusBytes?.WholeUnits ?? Defaults.StatusBytes;
}
