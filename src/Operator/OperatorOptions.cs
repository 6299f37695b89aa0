using Stromboli.Operator.Certificates;
using Stromboli.Operator.Hosting;
using Stromboli.Operator.Pricing;

namespace Stromboli.Operator;

/// <summary>What the operator is started with, checked.</summary>
internal sealed record OperatorOptions
{
    /// <summary>A kubeconfig file; null to search as kubectl does.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>The operator's own namespace; null for that of pod or kubeconfig.</summary>
    public string? Namespace { get; init; }

    /// <summary>Who this process is in the Lease; a suffix of its own is added.</summary>
    public required string Identity { get; init; }

    /// <summary>Where bridges connect.</summary>
    public required ListenAddress HubListen { get; init; }

    /// <summary>Names and addresses under which bridges reach the hub, besides its Service's.</summary>
    public required IReadOnlyList<ServingName> HubNames { get; init; }

    /// <summary>Where health is served.</summary>
    public required ListenAddress HealthListen { get; init; }

    /// <summary>The image of runs that name none.</summary>
    public required string DefaultImage { get; init; }

    /// <summary>The model's origin for runs that name none.</summary>
    public required Uri ModelBaseURL { get; init; }

    /// <summary>The Secret with the credential for that origin, in the operator's namespace; null if there is none.</summary>
    public string? ModelCredentialsSecret { get; init; }

    /// <summary>Whether runs may give the CLI further options of their own.</summary>
    public bool AllowExtraArgs { get; init; }

    /// <summary>The tools that run at the model's provider and that runs may use, by their names without a date.</summary>
    public IReadOnlyList<string> AllowedServerTools { get; init; } = [];

    /// <summary>The largest share of the processors that a run may ask for.</summary>
    public required int MaxCpuShares { get; init; }

    /// <summary>How many runs of one namespace that are not over are dealt with at once.</summary>
    public required int NamespaceRuns { get; init; }

    /// <summary>How many bytes the large specs among them may have together.</summary>
    public required long NamespaceSpecBytes { get; init; }

    /// <summary>What models cost.</summary>
    public required PriceTable Prices { get; init; }

    /// <summary>How many requests a second it may send to the API server.</summary>
    public required int ApiRequestsPerSecond { get; init; }

    /// <summary>How many questions a second about who connects it may ask of the API server.</summary>
    public required int LinkReviewsPerSecond { get; init; }

    /// <summary>How long a node's lease lasts.</summary>
    public required TimeSpan NodeLostAfter { get; init; }

    /// <summary>How long after its last lease a node counts as lost.</summary>
    public required TimeSpan NodeLostGrace { get; init; }

    /// <summary>How long a standby waits for a leader that does not renew.</summary>
    public required TimeSpan LeaseDuration { get; init; }

    /// <summary>How long a leader that cannot renew goes on.</summary>
    public required TimeSpan LeaseRenewDeadline { get; init; }

    /// <summary>How often the leader renews.</summary>
    public required TimeSpan LeaseRetryPeriod { get; init; }
}
