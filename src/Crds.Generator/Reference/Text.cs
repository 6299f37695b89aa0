namespace Stromboli.Crds.Generator.Reference;

/// <summary>Converts plain text to Markdown.</summary>
internal static class Text
{
    /// <summary>The text on one line, without characters that end a table cell or start an element.</summary>
    internal static string Cell(string text) =>
        text.Replace("\n", " ", StringComparison.Ordinal)
            .Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("*", "\\*", StringComparison.Ordinal);

    /// <summary>The text with a capital letter and a full stop. A path at its start is unchanged.</summary>
    internal static string Sentence(string text) =>
        $"{(text.Split(' ')[0].Contains('.', StringComparison.Ordinal) ? text[..1] : text[..1].ToUpperInvariant())}{text[1..]}.";

    /// <summary>The anchor of a heading in Markdown: lower case, without dots and brackets.</summary>
    internal static string Anchor(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
