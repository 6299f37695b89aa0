namespace Stromboli.Crds.Schema;

/// <summary>The text has between <see cref="Min"/> and <see cref="Max"/> characters (code points).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextLengthAttribute(int min, int max) : Attribute
{
    /// <summary>The least number of characters.</summary>
    public int Min { get; } = min;

    /// <summary>The largest number of characters.</summary>
    public int Max { get; } = max;
}
