using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Accounting;

/// <summary>The prices of tokens and of tools that run at the provider.</summary>
/// <param name="Models">The prices of models.</param>
/// <param name="ServerTools">The allowed tools that run at the provider, with their prices.</param>
internal sealed record PriceTable(IReadOnlyList<ModelPrice> Models, IReadOnlyList<ServerTool> ServerTools)
{
    private const decimal Million = 1_000_000m;
    private const decimal Thousand = 1000m;

    /// <summary>The cost in US dollars; null if the model or a tool that it used has no price.</summary>
    public decimal? Cost(string model, TokenUsage usage) =>
        Find(Models, model) is { } price && Uses("web_search", usage.WebSearches) + Uses("web_fetch", usage.WebFetches) is { } tools
            ? Cost(price, usage) + tools
            : null;

    /// <summary>The cost in US dollars of uses of a tool at the provider, without their tokens; null if the tool has no price.</summary>
    public decimal? Uses(string tool, long count) =>
        count == 0 ? 0 : ServerTools.FirstOrDefault(known => known.Name == tool)?.PerThousandUSD * count / Thousand;

    /// <inheritdoc cref="ModelPrices.Find"/>
    public static ModelPrice? Find(IReadOnlyList<ModelPrice> prices, string model) => ModelPrices.Find(prices, model);

    /// <summary>The cost of tokens in US dollars.</summary>
    public static decimal Cost(ModelPrice price, TokenUsage usage) =>
        (
            (usage.Input * price.Input)
            + (usage.Output * price.Output)
            + (usage.CacheRead * price.CacheRead)
            + (usage.CacheWrite * price.CacheWrite)
            + (usage.CacheWriteHour * price.CacheWriteHour)
        ) / Million;
}
