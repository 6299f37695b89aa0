namespace Stromboli.Operator.Runs;

/// <summary>
/// Characters that steer what shows a text instead of being part of it: controls, which end lines and begin a terminal's escapes, and
/// Unicode's marks of lines and of direction, which make one text look like another. What a person reads in a list or an event has none;
/// pure.
/// </summary>
internal static class PlainText
{
    /// <summary>Whether the character steers.</summary>
    public static bool Steers(char c) =>
        char.IsControl(c)
        || c is '\u061C' or (>= '\u200E' and <= '\u200F') or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>The text with this in the place of each such character.</summary>
    public static string Of(string text, char instead) =>
        text.Any(Steers) ? string.Concat(text.Select(c => Steers(c) ? instead : c)) : text;
}
