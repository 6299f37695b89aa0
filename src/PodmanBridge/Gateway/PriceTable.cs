using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>What tokens cost.</summary>
internal static class PriceTable
{
    private const decimal Million = 1_000_000m;

    /// <summary>The price whose model is the longest beginning of a name; null when none is.</summary>
    public static ModelPrice? Find(IReadOnlyList<ModelPrice> prices, string model) =>
        prices.Where(price => price.Model.Length > 0 && model.StartsWith(price.Model, StringComparison.Ordinal)).MaxBy(price => price.Model.Length);

    /// <summary>US dollars.</summary>
    public static decimal Cost(ModelPrice price, TokenUsage usage) =>
        ((usage.Input * price.Input)
            + (usage.Output * price.Output)
            + (usage.CacheRead * price.CacheRead)
            + (usage.CacheWrite * price.CacheWrite)
            + (usage.CacheWriteHour * price.CacheWriteHour)) / Million;
}
