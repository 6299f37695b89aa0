using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>A variable of the agent whose value is not in the spec.</summary>
public sealed record SecretVariable
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The value.</summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Value { get; init; }

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => Name;
}
