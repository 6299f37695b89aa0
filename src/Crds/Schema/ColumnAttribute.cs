namespace Stromboli.Crds.Schema;

/// <summary>A column of <c>kubectl get</c>, in the order of the attributes.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class ColumnAttribute(string name, string type, string jsonPath) : Attribute
{
    /// <summary>The heading; kubectl prints it in capitals.</summary>
    public string Name { get; } = name;

    /// <summary><c>string</c>, <c>integer</c>, <c>boolean</c> or <c>date</c>.</summary>
    public string Type { get; } = type;

    /// <summary>Where the value is, as kubectl writes JSON paths.</summary>
    public string JsonPath { get; } = jsonPath;

    /// <summary>Whether the column shows only with <c>-o wide</c>.</summary>
    public bool Wide { get; set; }
}
