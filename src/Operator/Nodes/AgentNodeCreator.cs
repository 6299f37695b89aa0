using Stromboli.Crds;
using Stromboli.Crds.Nodes;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// Makes AgentNodes at a bridge's first authorised connect, so that joining a node is one grant, and anew when one is deleted under its
/// bridge.
/// </summary>
internal sealed partial class AgentNodeCreator : IAgentNodeCreator
{
    private readonly KubeClient _client;
    private readonly Informer<AgentNode> _informer;
    private readonly ILogger<AgentNodeCreator> _logger;

    public AgentNodeCreator(KubeClient client, Informer<AgentNode> informer, ILogger<AgentNodeCreator> logger)
    {
        _client = client;
        _informer = informer;
        _logger = logger;
    }

    /// <inheritdoc/>
    public async Task EnsureAsync(string node, CancellationToken cancellationToken)
    {
        if (_informer.Store.Get(NamespacedName.Cluster(node)) is not null)
        {
            return;
        }

        try
        {
            var made = new AgentNode
            {
                Metadata = new() { Name = node },
                Spec = new(),
            };
            _informer.Store.Observe(await _client.CreateAsync(AgentNodeResource.Type, made, cancellationToken: cancellationToken));
            Log.Made(_logger, node);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // The informer has not seen it yet.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Node {Node} has no AgentNode: it is made")]
        public static partial void Made(ILogger logger, string node);
    }
}
