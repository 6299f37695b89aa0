namespace Stromboli.Crds.Validation;

/// <summary>Why a spec cannot be run.</summary>
/// <param name="Field">Path of the field, such as <c>spec.resources.limits.cpu</c>.</param>
/// <param name="Sentence">What is wrong, to be read after the path: <c>must lie between 1 and 10</c>.</param>
public sealed record SpecError(string Field, string Sentence)
{
    /// <summary>The whole sentence: path and what is wrong.</summary>
    public override string ToString() => $"{Field} {Sentence}";
}
