using System.Globalization;

namespace Stromboli.Operator.Pricing;

/// <summary>US dollars as the API writes them: a plain decimal number without trailing zeros.</summary>
internal static class Dollars
{
    /// <summary>The largest amount that a status holds.</summary>
    public const decimal Max = 1e12m;

    /// <summary>Formats an amount, within 0 and <see cref="Max"/>; null stays null.</summary>
    public static string? Format(decimal? amount) =>
        amount is { } dollars ? Math.Clamp(dollars, 0, Max).ToString("0.############", CultureInfo.InvariantCulture) : null;

    /// <summary>Parses an amount; null if the text is not one.</summary>
    public static decimal? Parse(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var dollars) ? dollars : null;
}
