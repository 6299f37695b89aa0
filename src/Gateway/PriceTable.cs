using System.Text.RegularExpressions;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway;

/// <summary>What tokens, and uses of tools at the provider, cost.</summary>
/// <param name="Models">The prices of models.</param>
/// <param name="ServerTools">The tools at the provider that are allowed, with their prices.</param>
internal sealed partial record PriceTable(IReadOnlyList<ModelPrice> Models, IReadOnlyList<ServerTool> ServerTools)
{
    private const decimal Million = 1_000_000m;
    private const decimal Thousand = 1000m;

    /// <summary>US dollars; null when the model, or a tool that it used, has no price.</summary>
    public decimal? Cost(string model, TokenUsage usage) =>
        Find(Models, model) is { } price && Uses("web_search", usage.WebSearches) + Uses("web_fetch", usage.WebFetches) is { } tools
            ? Cost(price, usage) + tools
            : null;

    /// <summary>US dollars for some uses of a tool at the provider, without the tokens that they take; null when it has no price.</summary>
    public decimal? Uses(string tool, long count) =>
        count == 0 ? 0 : ServerTools.FirstOrDefault(known => known.Name == tool)?.PerThousandUSD * count / Thousand;

    /// <summary>
    /// The price of a model: of the entry with this very name, but for the date of a snapshot or <c>latest</c> behind it, or else of the
    /// entry with the longest beginning that ends with <c>*</c>. Null when there is none: a name that only goes on where a priced one ends
    /// is another model's.
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

    /// <summary>US dollars for tokens.</summary>
    public static decimal Cost(ModelPrice price, TokenUsage usage) =>
        (
            (usage.Input * price.Input)
            + (usage.Output * price.Output)
            + (usage.CacheRead * price.CacheRead)
            + (usage.CacheWrite * price.CacheWrite)
            + (usage.CacheWriteHour * price.CacheWriteHour)
        ) / Million;

    // As in claude-haiku-4-5-20251001, claude-haiku-4-5@20251001 and claude-3-5-haiku-latest.
    [GeneratedRegex(@"([-@]2\d{7}|-latest)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Snapshot();
}
