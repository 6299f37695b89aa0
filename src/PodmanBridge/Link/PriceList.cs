using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Link;

/// <summary>What models cost, and which tools at the provider are allowed at what price, as the operator last said.</summary>
internal sealed class PriceList
{
    private volatile IReadOnlyList<ModelPrice> _current = [];
    private volatile IReadOnlyList<ServerTool> _serverTools = [];

    /// <summary>The present prices; none before the first welcome.</summary>
    public IReadOnlyList<ModelPrice> Current => _current;

    /// <summary>The tools at the provider that runs may use; none before the first welcome.</summary>
    public IReadOnlyList<ServerTool> ServerTools => _serverTools;

    /// <summary>Takes the operator's.</summary>
    public void Set(IReadOnlyList<ModelPrice> prices, IReadOnlyList<ServerTool> serverTools) =>
        (_current, _serverTools) = (prices, serverTools);
}
