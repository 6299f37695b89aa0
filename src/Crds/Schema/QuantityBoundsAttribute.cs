namespace Stromboli.Crds.Schema;

/// <summary>
/// The <see cref="Values.Quantity"/> lies between <see cref="Min"/> and <see cref="Max"/>, both included. Becomes a CEL rule.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class QuantityBoundsAttribute(string min, string max) : Attribute
{
    /// <summary>The least amount.</summary>
    public string Min { get; } = min;

    /// <summary>The largest amount.</summary>
    public string Max { get; } = max;
}
