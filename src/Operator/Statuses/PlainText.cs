namespace Stromboli.Operator.Statuses;

/// <summary>
/// Replaces characters that control a display instead of being part of a text; pure. These are control characters, which end lines and
/// begin terminal escapes, and Unicode's line and direction marks, which make one text look like another. No text that people read in a
/// list or an event may contain them.
/// </summary>
internal static class PlainText
{
    /// <summary>Whether the character controls a display.</summary>
    public static bool Steers(char c) =>
        char.IsControl(c)
        || c is '\u061C' or (>= '\u200E' and <= '\u200F') or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>Returns the text with each such character replaced.</summary>
    public static string Of(string text, char instead) =>
        text.Any(Steers) ? string.Concat(text.Select(c => Steers(c) ? instead : c)) : text;
}
