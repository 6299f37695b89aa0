namespace Stromboli.Crds.Schema;

/// <summary>The text is one of these, exactly. Becomes <c>enum</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneOfAttribute(params string[] values) : Attribute
{
    /// <summary>The texts allowed.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}
