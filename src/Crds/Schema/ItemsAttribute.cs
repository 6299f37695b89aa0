namespace Stromboli.Crds.Schema;

/// <summary>
/// The list has between <see cref="Min"/> and <see cref="Max"/> items; where they are texts, each at most <see cref="TextMax"/> characters.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ItemsAttribute(int max) : Attribute
{
    /// <summary>The largest number of items.</summary>
    public int Max { get; } = max;

    /// <summary>The least number of items.</summary>
    public int Min { get; set; }

    /// <summary>The least number of characters of an item that is text.</summary>
    public int TextMin { get; set; }

    /// <summary>The largest number of characters of an item that is text.</summary>
    public int TextMax { get; set; }
}
