namespace Stromboli.Crds.Schema;

/// <summary>
/// The text, or every item of the list, or every value of the map, matches a regular expression that RE2 and .NET read alike. Becomes a CEL
/// rule and not a schema <c>pattern</c>, because the API server then answers with our sentence instead of with the expression.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatternAttribute(string expression, string sentence) : Attribute
{
    /// <summary>The expression.</summary>
    public string Expression { get; } = expression;

    /// <summary>What the text must be, to follow the name of the field: <c>must be …</c>.</summary>
    public string Sentence { get; } = sentence;

    /// <summary>
    /// Whether a refusal must not repeat the text: one of any content, or one that is long. The rule then stands on the object that has the
    /// field.
    /// </summary>
    public bool Discreet { get; set; }
}
