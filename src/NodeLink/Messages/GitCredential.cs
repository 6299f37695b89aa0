using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>
/// What the server of one repository is shown (RFC 7617). It goes to the address of the attempt's <see cref="GitSource"/> and nowhere else.
/// </summary>
public sealed record GitCredential
{
    /// <summary>The user.</summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Username { get; init; }

    /// <summary>The password, or a token in its place.</summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Password { get; init; }

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => nameof(GitCredential);
}
