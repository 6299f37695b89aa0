using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Link;

/// <summary>The prices of models and of the allowed tools at the provider, as the operator last sent them.</summary>
internal sealed class PriceList
{
    private volatile IReadOnlyList<ModelPrice> _current = [];
    private volatile IReadOnlyList<ServerTool> _serverTools = [];

    /// <summary>The present prices; none before the first welcome.</summary>
    public IReadOnlyList<ModelPrice> Current => _current;

    /// <summary>The tools at the provider that runs may use; none before the first welcome.</summary>
    public IReadOnlyList<ServerTool> ServerTools => _serverTools;

    /// <summary>Takes the operator's prices.</summary>
    public void Set(IReadOnlyList<ModelPrice> prices, IReadOnlyList<ServerTool> serverTools) =>
        (_current, _serverTools) = (prices, serverTools);
}
