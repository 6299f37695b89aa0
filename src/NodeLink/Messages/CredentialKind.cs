using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>How a model credential is presented.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CredentialKind>))]
public enum CredentialKind
{
    /// <summary>In the header <c>x-api-key</c>.</summary>
    ApiKey,

    /// <summary>In the header <c>Authorization</c>, as a bearer.</summary>
    OAuthToken,
}
