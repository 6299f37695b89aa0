using Stromboli.Kubernetes;

namespace Stromboli.Operator.Election;

/// <summary>Makes clients that refuse to write unless this process leads. Each client has a rate limit of its own.</summary>
internal sealed class LeaderClients(KubeConfig config, OperatorLeadership leadership, TimeProvider clock, ILogger<KubeClient> logger)
{
    /// <summary>The field manager and the user agent of every client of the operator.</summary>
    public const string FieldManager = "stromboli-operator";

    /// <summary>Makes a client.</summary>
    /// <param name="requestsPerSecond">The sustained rate of requests.</param>
    /// <param name="burst">The number of requests that may follow a quiet time at once.</param>
    public KubeClient Create(int requestsPerSecond, int burst) =>
        new(
            config,
            new KubeClientOptions
            {
                UserAgent = FieldManager,
                FieldManager = FieldManager,
                QueriesPerSecond = requestsPerSecond,
                Burst = burst,
                BeforeWrite = leadership.ThrowIfNotLeader,
            },
            clock,
            logger
        );
}
