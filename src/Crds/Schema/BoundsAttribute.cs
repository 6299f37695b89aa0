namespace Stromboli.Crds.Schema;

/// <summary>The number lies between <see cref="Min"/> and <see cref="Max"/>, both included.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BoundsAttribute(long min, long max) : Attribute
{
    /// <summary>The least number.</summary>
    public long Min { get; } = min;

    /// <summary>The largest number.</summary>
    public long Max { get; } = max;
}
