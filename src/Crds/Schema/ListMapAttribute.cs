namespace Stromboli.Crds.Schema;

/// <summary>
/// The list is a map by this field of its items: two items with the same one are refused, and server-side apply merges by it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapAttribute(string key) : Attribute
{
    /// <summary>The JSON name of the key field.</summary>
    public string Key { get; } = key;
}
