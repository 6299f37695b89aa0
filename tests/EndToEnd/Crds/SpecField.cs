using System.Text.Json.Nodes;

namespace Stromboli.EndToEnd.Crds;

/// <summary>A field of a spec, with its path.</summary>
/// <param name="Path">The names, with <c>[]</c> for an item of a list.</param>
/// <param name="Schemas">The schema of each of them.</param>
internal sealed record SpecField(IReadOnlyList<string> Path, IReadOnlyList<JsonNode> Schemas)
{
    public JsonNode Schema => Schemas[^1];

    public override string ToString() => $"spec.{string.Join('.', Path)}".Replace(".[]", "[]", StringComparison.Ordinal);
}
