using Stromboli.Operator.Certificates;
using Stromboli.Operator.Pricing;
using Stromboli.Operator.Webhooks;
using Stromboli.Telemetry.Logs;

namespace Stromboli.Operator.Hosting;

/// <summary>The validated options of the command line.</summary>
internal sealed record OperatorOptions
{
    /// <summary>A kubeconfig file; null to search for one like kubectl.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>The operator's own namespace; null for the namespace of the pod or the kubeconfig.</summary>
    public string? Namespace { get; init; }

    /// <summary>The identity of this process in the Lease. A suffix is added.</summary>
    public required string Identity { get; init; }

    /// <summary>The address on which bridges connect.</summary>
    public required ListenAddress HubListen { get; init; }

    /// <summary>The names and addresses under which bridges reach the hub, in addition to those of its Service.</summary>
    public required IReadOnlyList<ServingName> HubNames { get; init; }

    /// <summary>The address that serves health.</summary>
    public required ListenAddress HealthListen { get; init; }

    /// <summary>The address on which the API server and other replicas reach the streams.</summary>
    public required ListenAddress StreamsListen { get; init; }

    /// <summary>The address of the streams for other replicas, <c>HOST:PORT</c>; null if it is not known.</summary>
    public string? StreamsAddress { get; init; }

    /// <summary>How log records are written.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>The image for runs that name none.</summary>
    public required string DefaultImage { get; init; }

    /// <summary>The model origin for runs that name none.</summary>
    public required Uri ModelBaseURL { get; init; }

    /// <summary>The Secret with the credential for that origin, in the operator's namespace; null for none.</summary>
    public string? ModelCredentialsSecret { get; init; }

    /// <summary>Whether runs may pass further options to the CLI.</summary>
    public bool AllowExtraArgs { get; init; }

    /// <summary>The tools at the model's provider that runs may use, by name without a date.</summary>
    public IReadOnlyList<string> AllowedServerTools { get; init; } = [];

    /// <summary>The largest CPU share that a run may request.</summary>
    public required int MaxCpuShares { get; init; }

    /// <summary>How many unfinished runs of one namespace the operator handles at one time.</summary>
    public required int NamespaceRuns { get; init; }

    /// <summary>How many bytes the large specs of these runs may have together.</summary>
    public required long NamespaceSpecBytes { get; init; }

    /// <summary>The prices of models.</summary>
    public required PriceTable Prices { get; init; }

    /// <summary>Where webhooks may go, and when they are sent.</summary>
    public WebhookOptions Webhooks { get; init; } = new();

    /// <summary>The rate limit of requests to the API server, per second.</summary>
    public required int ApiRequestsPerSecond { get; init; }

    /// <summary>The rate limit of reviews of bridges by the API server, per second.</summary>
    public required int LinkReviewsPerSecond { get; init; }

    /// <summary>The duration of a node's lease.</summary>
    public required TimeSpan NodeLostAfter { get; init; }

    /// <summary>How long after the end of its last lease a node counts as lost.</summary>
    public required TimeSpan NodeLostGrace { get; init; }

    /// <summary>How long a standby waits for a leader that does not renew its Lease.</summary>
    public required TimeSpan LeaseDuration { get; init; }

    /// <summary>How long a leader that cannot renew its Lease keeps leading.</summary>
    public required TimeSpan LeaseRenewDeadline { get; init; }

    /// <summary>The interval at which the leader renews its Lease.</summary>
    public required TimeSpan LeaseRetryPeriod { get; init; }
}
