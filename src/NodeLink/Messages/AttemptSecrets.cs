using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>What leaves the operator only after the attempt was recorded. The bridge keeps it in memory only.</summary>
public sealed record AttemptSecrets
{
    /// <summary>The prompt.</summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Prompt { get; init; }

    /// <summary>The agent's variables whose values are not in the spec. They follow the variables of the spec.</summary>
    public IReadOnlyList<SecretVariable> Env { get; init; } = [];

    /// <summary>The credentials for the image's registry, which are tried in order. Empty if there are none.</summary>
    public IReadOnlyList<PullCredential> PullCredentials { get; init; } = [];

    /// <summary>The credential that the model gateway adds to requests; null if the agent uses no model.</summary>
    public ModelCredential? Credential { get; init; }

    /// <summary>The credential for the repository's server; null if there is none.</summary>
    public GitCredential? Git { get; init; }

    /// <summary>The name of the type, without the secrets.</summary>
    public override string ToString() => nameof(AttemptSecrets);
}

/// <summary>A variable of the agent whose value is not in the spec.</summary>
public sealed record SecretVariable
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The value.</summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Value { get; init; }

    /// <summary>The name, without the value.</summary>
    public override string ToString() => Name;
}

/// <summary>A credential for an image registry.</summary>
public sealed record PullCredential
{
    /// <summary>The user name.</summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Username { get; init; }

    /// <summary>The password or token.</summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Password { get; init; }

    /// <summary>The name of the type, without the secrets.</summary>
    public override string ToString() => nameof(PullCredential);
}

/// <summary>A credential and the origin that it can be sent to. They are one object, so that the credential goes nowhere else.</summary>
public sealed record ModelCredential
{
    /// <summary>The model's origin, such as <c>https://api.anthropic.com</c>.</summary>
    public required string BaseURL { get; init; }

    /// <summary>
    /// Whether <see cref="BaseURL"/> comes from the operator's own configuration. Only then can it be a loopback or private address.
    /// </summary>
    public required bool OperatorOrigin { get; init; }

    /// <summary>How the credential is sent.</summary>
    public required CredentialKind Kind { get; init; }

    /// <summary>The credential.</summary>
    public required string Value { get; init; }

    /// <summary>The name of the type, without the secrets.</summary>
    public override string ToString() => nameof(ModelCredential);
}

/// <summary>How a model credential is sent.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CredentialKind>))]
public enum CredentialKind
{
    /// <summary>In the header <c>x-api-key</c>.</summary>
    ApiKey,

    /// <summary>In the header <c>Authorization</c>, as a bearer token.</summary>
    OAuthToken,
}

/// <summary>
/// The credential for the server of one repository (RFC 7617). It is sent only to the URL of the attempt's <see cref="GitSource"/>.
/// </summary>
public sealed record GitCredential
{
    /// <summary>The user name.</summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Username { get; init; }

    /// <summary>The password or token.</summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Password { get; init; }

    /// <summary>The name of the type, without the secrets.</summary>
    public override string ToString() => nameof(GitCredential);
}
