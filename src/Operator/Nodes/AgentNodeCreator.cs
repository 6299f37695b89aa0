using Stromboli.Crds;
using Stromboli.Crds.Nodes;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// Makes the AgentNode of a bridge when the bridge is first authorized, so that joining a node takes only one grant. Makes it again if it
/// is deleted while its bridge is connected.
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
            // The informer has not received it yet.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Created the missing AgentNode {Node}")]
        public static partial void Made(ILogger logger, string node);
    }
}
