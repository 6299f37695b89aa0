namespace Stromboli.Crds.Generator.Reference;

/// <summary>Plain text as Markdown.</summary>
internal static class Text
{
    /// <summary>On one line, and with nothing that ends a cell or begins an element.</summary>
    internal static string Cell(string text) =>
        text.Replace("\n", " ", StringComparison.Ordinal)
            .Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("*", "\\*", StringComparison.Ordinal);

    /// <summary>With a capital and a full stop; a path at its beginning stays as it is.</summary>
    internal static string Sentence(string text) =>
        $"{(text.Contains('.', StringComparison.Ordinal) && text.IndexOf('.', StringComparison.Ordinal) < text.IndexOf(' ', StringComparison.Ordinal) ? text[..1] : text[..1].ToUpperInvariant())}{text[1..]}.";

    /// <summary>The anchor that Markdown gives a heading: lower case, without dots and brackets.</summary>
    internal static string Anchor(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
