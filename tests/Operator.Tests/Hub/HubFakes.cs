using System.Collections.Concurrent;
using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Election;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Tests.Hub;

/// <summary>Fakes of everything that a hub needs: the election, the API server's answers, the runs.</summary>
internal sealed class HubFakes
    : ILeadership,
        IEpochVerifier,
        ILinkAuthorizer,
        IDesiredAttempts,
        IObservationSink,
        INodeSource,
        IAgentNodeCreator
{
    public bool IsLeader { get; set; } = true;

    public long Epoch { get; set; } = 5;

    public ConcurrentQueue<long> Suspicions { get; } = new();

    public Func<string, string, LinkIdentity> Authorize { get; set; } = (node, _) => new LinkIdentity { Node = node, User = "bridge" };

    public Func<LinkIdentity, string?> Renew { get; set; } = _ => null;

    public int Authorizations;

    public Func<string, Task<IReadOnlyList<DesiredAttempt>>> Desired { get; set; } =
        _ => Task.FromResult<IReadOnlyList<DesiredAttempt>>([]);

    public Func<AttemptObservation, bool> Takes { get; set; } = _ => true;

    public ConcurrentQueue<(string Node, AttemptObservation Observation)> Observations { get; } = new();

    public ConcurrentDictionary<string, AgentNode> Agents { get; } = new();

    public ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> Cluster { get; } = new();

    public IReadOnlyCollection<AgentNode> AgentNodes => [.. Agents.Values];

    public static AgentNode Node(string name) =>
        new()
        {
            Metadata = new() { Name = name, Generation = 1 },
            Spec = new(),
        };

    public IReadOnlyList<string> Sessions { get; set; } = [];

    public IReadOnlyList<string> SessionsOn(string node) => Sessions;

    public Task WaitAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task VerifyAsync(long seenEpoch, CancellationToken cancellationToken)
    {
        Suspicions.Enqueue(seenEpoch);
        return Task.CompletedTask;
    }

    public Task<LinkIdentity> AuthorizeAsync(string node, string token, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Authorizations);
        return Task.FromResult(Authorize(node, token));
    }

    public Task<string?> RenewAsync(LinkIdentity identity, CancellationToken cancellationToken) => Task.FromResult(Renew(identity));

    public Task<IReadOnlyList<DesiredAttempt>> ForNodeAsync(string node, CancellationToken cancellationToken) => Desired(node);

    public bool Observe(string node, AttemptObservation observation)
    {
        Observations.Enqueue((node, observation));
        return Takes(observation);
    }

    public AgentNode? Find(string name) => Agents.GetValueOrDefault(name);

    public IReadOnlyDictionary<string, string>? ClusterLabels(string name) => Cluster.GetValueOrDefault(name);

    public Task EnsureAsync(string node, CancellationToken cancellationToken)
    {
        Agents.TryAdd(node, Node(node));
        return Task.CompletedTask;
    }
}
