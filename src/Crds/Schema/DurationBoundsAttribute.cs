namespace Stromboli.Crds.Schema;

/// <summary>
/// The <see cref="Values.GoDuration"/> lies between <see cref="Min"/> and <see cref="Max"/>, both included. Becomes a CEL rule.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationBoundsAttribute(string min, string max) : Attribute
{
    /// <summary>The shortest duration.</summary>
    public string Min { get; } = min;

    /// <summary>The longest duration.</summary>
    public string Max { get; } = max;
}
