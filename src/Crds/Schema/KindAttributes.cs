namespace Stromboli.Crds.Schema;

/// <summary>The type is a kind of the group <c>stromboli.dev</c>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CustomResourceAttribute(string kind, string plural, string shortName) : Attribute
{
    /// <summary>The kind.</summary>
    public string Kind { get; } = kind;

    /// <summary>The plural in lower case, as in URLs.</summary>
    public string Plural { get; } = plural;

    /// <summary>The short name for kubectl.</summary>
    public string ShortName { get; } = shortName;

    /// <summary>Whether objects are in namespaces.</summary>
    public bool Namespaced { get; set; }
}

/// <summary>A column of <c>kubectl get</c>, in the order of the attributes.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class ColumnAttribute(string name, string type, string jsonPath) : Attribute
{
    /// <summary>The heading; kubectl prints it in upper case.</summary>
    public string Name { get; } = name;

    /// <summary><c>string</c>, <c>integer</c>, <c>boolean</c> or <c>date</c>.</summary>
    public string Type { get; } = type;

    /// <summary>The JSON path of the value, in kubectl's syntax.</summary>
    public string JsonPath { get; } = jsonPath;

    /// <summary>Whether the column appears only with <c>-o wide</c>.</summary>
    public bool Wide { get; set; }
}

/// <summary>
/// No field of this type can change after the object was created, except those with <see cref="MutableAttribute"/>. Generates one CEL rule
/// for each field, which requires the same presence and the same value. The type must be a required field; otherwise a user could bypass
/// the rules by removing it.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ImmutableSpecAttribute : Attribute;

/// <summary>The field can change although its type has <see cref="ImmutableSpecAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MutableAttribute : Attribute;
