using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>A user of a registry of images.</summary>
public sealed record PullCredential
{
    /// <summary>The user.</summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Username { get; init; }

    /// <summary>The password or token.</summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Password { get; init; }

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => nameof(PullCredential);
}
