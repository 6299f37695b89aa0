namespace Stromboli.Crds.Schema;

/// <summary>The map has at most <see cref="Max"/> entries, each value of at most <see cref="TextMax"/> characters.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EntriesAttribute(int max, int textMax) : Attribute
{
    /// <summary>The largest number of entries.</summary>
    public int Max { get; } = max;

    /// <summary>The largest number of characters of a value.</summary>
    public int TextMax { get; } = textMax;
}
