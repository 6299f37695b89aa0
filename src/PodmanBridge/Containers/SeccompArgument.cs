using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>A condition on one argument of a system call.</summary>
internal sealed record SeccompArgument
{
    /// <summary>The index of the argument, from 0.</summary>
    [JsonPropertyName("index")]
    public required uint Index { get; init; }

    /// <summary>The value, or the mask for <c>SCMP_CMP_MASKED_EQ</c>.</summary>
    [JsonPropertyName("value")]
    public required ulong Value { get; init; }

    /// <summary>The required value of the masked argument, for <c>SCMP_CMP_MASKED_EQ</c>.</summary>
    [JsonPropertyName("valueTwo")]
    public ulong ValueTwo { get; init; }

    [JsonPropertyName("op")]
    public required string Operator { get; init; }
}
