using System.Text.RegularExpressions;

namespace Stromboli.NodeLink.Messages;

/// <summary>Finds a model among prices.</summary>
public static partial class ModelPrices
{
    /// <summary>
    /// The price of a model: that of the entry with its name, with or without a snapshot's date or <c>latest</c> at the end; otherwise that
    /// of the longest matching prefix, an entry that ends with <c>*</c>. Null if there is none: a longer name than that of a priced model
    /// belongs to another model.
    /// </summary>
    public static ModelPrice? Find(IReadOnlyList<ModelPrice> prices, string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var name = Snapshot().Replace(model, "");
        return prices.FirstOrDefault(price => price.Model == model)
            ?? prices.FirstOrDefault(price => price.Model == name)
            ?? prices
                .Where(price => price.Model.EndsWith('*') && model.StartsWith(price.Model[..^1], StringComparison.Ordinal))
                .MaxBy(price => price.Model.Length);
    }

    /// <summary>
    /// The name that a model has in metrics: that of its price, without the <c>*</c> of a prefix, or <c>other</c>. The price table bounds
    /// how many names there are, whatever model an agent asks for.
    /// </summary>
    public static string LabelOf(IReadOnlyList<ModelPrice> prices, string? model) =>
        model is null ? "other"
        : Find(prices, model)?.Model.TrimEnd('*').TrimEnd('-') is { Length: > 0 } name ? name
        : "other";

    // For example claude-haiku-4-5-20251001, claude-haiku-4-5@20251001 and claude-3-5-haiku-latest.
    [GeneratedRegex(@"([-@]2\d{7}|-latest)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Snapshot();
}
