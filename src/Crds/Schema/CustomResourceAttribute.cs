namespace Stromboli.Crds.Schema;

/// <summary>The type is a kind of the group <c>stromboli.dev</c>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CustomResourceAttribute(string kind, string plural, string shortName) : Attribute
{
    /// <summary>The kind.</summary>
    public string Kind { get; } = kind;

    /// <summary>The plural, in lower case: the name in URLs.</summary>
    public string Plural { get; } = plural;

    /// <summary>The short name for kubectl.</summary>
    public string ShortName { get; } = shortName;

    /// <summary>Whether objects live in namespaces.</summary>
    public bool Namespaced { get; set; }
}
