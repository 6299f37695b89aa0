namespace Stromboli.Operator.Nodes;

/// <summary>Makes AgentNodes.</summary>
internal interface IAgentNodeCreator
{
    /// <summary>Makes the AgentNode of that name if there is none.</summary>
    Task EnsureAsync(string node, CancellationToken cancellationToken);
}
