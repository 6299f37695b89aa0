using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>One rule of a seccomp profile, as containers/common reads it.</summary>
internal sealed record SeccompRule
{
    [JsonPropertyName("names")]
    public required IReadOnlyList<string> Names { get; init; }

    [JsonPropertyName("action")]
    public required string Action { get; init; }

    /// <summary>The error, for <c>SCMP_ACT_ERRNO</c>.</summary>
    [JsonPropertyName("errnoRet")]
    public uint? Error { get; init; }

    /// <summary>Conditions on arguments, all of which must hold; null for none.</summary>
    [JsonPropertyName("args")]
    public IReadOnlyList<SeccompArgument>? Arguments { get; init; }
}
