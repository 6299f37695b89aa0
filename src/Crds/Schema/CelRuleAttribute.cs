namespace Stromboli.Crds.Schema;

/// <summary>
/// A CEL rule of the field or type. Text <c>{path}</c> in the message stands for the path of the field it is on, such as <c>spec.model</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class, AllowMultiple = true)]
public sealed class CelRuleAttribute(string rule, string message) : Attribute
{
    /// <summary>The CEL expression; <c>self</c> is the field.</summary>
    public string Rule { get; } = rule;

    /// <summary>The sentence that a refusal answers with; it names the field.</summary>
    public string Message { get; } = message;

    /// <summary>
    /// JSON name of the field that a rule of a type speaks of; the refusal then carries that field's path. The type's own path when absent.
    /// </summary>
    public string? Field { get; set; }
}
