using System.Text.RegularExpressions;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Accounting;

/// <summary>The prices of tokens and of tools that run at the provider.</summary>
/// <param name="Models">The prices of models.</param>
/// <param name="ServerTools">The allowed tools that run at the provider, with their prices.</param>
internal sealed partial record PriceTable(IReadOnlyList<ModelPrice> Models, IReadOnlyList<ServerTool> ServerTools)
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

    /// <summary>
    /// The price of a model: that of the entry with its name, with or without a snapshot's date or <c>latest</c> at the end; otherwise that
    /// of the longest matching prefix, an entry that ends with <c>*</c>. Null if there is none: a longer name than that of a priced model
    /// belongs to another model.
    /// </summary>
    public static ModelPrice? Find(IReadOnlyList<ModelPrice> prices, string model)
    {
        var name = Snapshot().Replace(model, "");
        return prices.FirstOrDefault(price => price.Model == model)
            ?? prices.FirstOrDefault(price => price.Model == name)
            ?? prices
                .Where(price => price.Model.EndsWith('*') && model.StartsWith(price.Model[..^1], StringComparison.Ordinal))
                .MaxBy(price => price.Model.Length);
    }

    /// <summary>The cost of tokens in US dollars.</summary>
    public static decimal Cost(ModelPrice price, TokenUsage usage) =>
        (
            (usage.Input * price.Input)
            + (usage.Output * price.Output)
            + (usage.CacheRead * price.CacheRead)
            + (usage.CacheWrite * price.CacheWrite)
            + (usage.CacheWriteHour * price.CacheWriteHour)
        ) / Million;

    // For example claude-haiku-4-5-20251001, claude-haiku-4-5@20251001 and claude-3-5-haiku-latest.
    [GeneratedRegex(@"([-@]2\d{7}|-latest)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Snapshot();
}
