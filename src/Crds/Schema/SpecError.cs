namespace Stromboli.Crds.Schema;

/// <summary>A validation error of a spec.</summary>
/// <param name="Field">The path of the field, such as <c>spec.resources.limits.cpu</c>.</param>
/// <param name="Message">What is wrong, to be read after the path: <c>must be between 1 and 10</c>.</param>
public sealed record SpecError(string Field, string Message)
{
    /// <summary>The whole message: the path and what is wrong.</summary>
    public override string ToString() => $"{Field} {Message}";
}
