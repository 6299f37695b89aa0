using System.Net.Http.Headers;
using System.Text;
using Stromboli.Egress;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Git;

/// <summary>A repository with the credential for its server. They are one object so that neither is used without the other.</summary>
internal sealed class GitRemote
{
    private readonly Uri _address;
    private readonly string _base;

    private GitRemote(Uri address, GitCredential? credential, bool allowed)
    {
        _address = address;
        _base = address.AbsoluteUri.TrimEnd('/');
        Host = HostName.Normalise(address.Host);
        Scope = allowed ? AddressScope.OperatorConfigured : AddressScope.Public;
        if (credential is not null)
        {
            Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Password}"))
            );
        }
    }

    /// <summary>The only host that is listed for the clone's requests.</summary>
    public string Host { get; }

    /// <summary>Whether the node's own configuration names the origin.</summary>
    public AddressScope Scope { get; }

    /// <summary>What the server is shown (RFC 7617); null for nothing.</summary>
    public AuthenticationHeaderValue? Authorization { get; }

    /// <summary>Checks an address.</summary>
    /// <param name="source">The repository.</param>
    /// <param name="credential">The credential for its server; null for an anonymous fetch.</param>
    /// <param name="allowedOrigins">Origins that may have addresses which are not public, as <see cref="OriginOf"/> writes them.</param>
    /// <exception cref="FormatException">The address cannot be used; the message says why.</exception>
    public static GitRemote Of(GitSource source, GitCredential? credential, IReadOnlyCollection<string> allowedOrigins)
    {
        // The API already refuses these, but a node does not rely on that.
        if (!Uri.TryCreate(source.Url, UriKind.Absolute, out var address) || OriginOf(address) is not { } origin)
        {
            throw new FormatException("workspace.git.url must be an https URL without user, query and fragment");
        }

        return new GitRemote(address, credential, allowedOrigins.Contains(origin));
    }

    /// <summary>The same repository with another credential.</summary>
    public GitRemote With(GitCredential? credential) => new(_address, credential, Scope == AddressScope.OperatorConfigured);

    /// <summary>An address' origin (RFC 6454), <c>https://host:port</c>; null for one without TLS or with more than a path.</summary>
    public static string? OriginOf(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps && address is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
            ? $"https://{HostName.Normalise(address.Host)}:{address.Port}"
            : null;

    /// <summary>Where a request of a route goes.</summary>
    public Uri Target(GitRoute route) => new(_base + GitRoutes.PathOf(route));

    /// <summary>Never contains the credential.</summary>
    public override string ToString() => nameof(GitRemote);
}
