namespace Stromboli.Crds.Validation;

/// <summary>Image names.</summary>
public static class ImageNames
{
    /// <summary>Whether the text is a fully qualified name (<see cref="Schema.Patterns.Image"/>), of any length.</summary>
    public static bool IsName(string text) => PatternRegexes.Image.IsMatch(text);
}
