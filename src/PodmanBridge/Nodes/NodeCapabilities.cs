using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>What containers may expect of this node, by its facts.</summary>
internal sealed class NodeCapabilities(NodeFactsSource facts, EngineTrial trial) : INodeCapabilities
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> EnforcedLimits => facts.Current.EnforcedLimits;

    /// <inheritdoc/>
    public string? CliVersion => facts.Current.CliVersion;

    /// <inheritdoc/>
    public Task RecheckEngineAsync(CancellationToken cancellationToken)
    {
        trial.Doubt();
        return facts.RefreshAsync(cancellationToken);
    }
}
