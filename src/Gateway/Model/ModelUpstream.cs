using System.Net;
using Stromboli.Egress;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Model;

/// <summary>
/// A credential with the origin that it may go to, both checked. They are one object so that neither is used without the other.
/// </summary>
internal sealed class ModelUpstream
{
    private readonly string _base;

    private ModelUpstream(Uri address, ModelCredential credential)
    {
        _base = address.AbsoluteUri.TrimEnd('/');
        Host = HostName.Normalise(address.Host);
        Scope = credential.OperatorOrigin ? AddressScope.OperatorConfigured : AddressScope.Public;
        Kind = credential.Kind;
        Credential = credential.Value;
    }

    /// <summary>The only host that is listed for this run's requests.</summary>
    public string Host { get; }

    /// <summary>Who named the upstream.</summary>
    public AddressScope Scope { get; }

    /// <summary>How the credential is presented.</summary>
    public CredentialKind Kind { get; }

    /// <summary>The credential.</summary>
    public string Credential { get; }

    /// <summary>Checks an origin and its credential.</summary>
    /// <exception cref="FormatException">One of them cannot be used. The message says why and never contains the credential.</exception>
    public static ModelUpstream Of(ModelCredential credential)
    {
        if (!Uri.TryCreate(credential.BaseURL, UriKind.Absolute, out var address))
        {
            throw new FormatException("the model's baseURL is not a URL");
        }

        if (
            address.Scheme != Uri.UriSchemeHttps
            && !(address.Scheme == Uri.UriSchemeHttp && credential.OperatorOrigin && IsLoopback(address))
        )
        {
            throw new FormatException("the model's baseURL must be https (http only for loopback in the operator's own configuration)");
        }

        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new FormatException("the model's baseURL must have no user, query or fragment");
        }

        if (credential.Value.Length is 0 or > 4096 || credential.Value.Any(c => c is <= ' ' or > '~'))
        {
            throw new FormatException("the model's credential is empty, too long, or holds characters that no header can");
        }

        return new ModelUpstream(address, credential);
    }

    /// <summary>Where a request of a route goes.</summary>
    public Uri Target(ModelRoute route, bool beta) =>
        new(string.Concat(_base, route == ModelRoute.CountTokens ? "/v1/messages/count_tokens" : "/v1/messages", beta ? "?beta=true" : ""));

    /// <summary>Never contains the credential.</summary>
    public override string ToString() => nameof(ModelUpstream);

    private static bool IsLoopback(Uri address) =>
        address.Host == "localhost"
        || (IPAddress.TryParse(HostName.Normalise(address.Host), out var literal) && IPAddress.IsLoopback(literal));
}
