using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Link;

/// <summary>What models cost, as the operator last said.</summary>
internal sealed class PriceList
{
    private volatile IReadOnlyList<ModelPrice> _current = [];

    /// <summary>The present prices; none before the first welcome.</summary>
    public IReadOnlyList<ModelPrice> Current => _current;

    /// <summary>Takes the operator's.</summary>
    public void Set(IReadOnlyList<ModelPrice> prices) => _current = prices;
}
