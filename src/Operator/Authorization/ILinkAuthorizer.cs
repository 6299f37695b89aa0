using Stromboli.Kubernetes;

namespace Stromboli.Operator.Authorization;

/// <summary>Asks the API server who may have a link.</summary>
internal interface ILinkAuthorizer
{
    /// <summary>Identifies the token's user and checks that the user may connect as the node.</summary>
    /// <exception cref="LinkRefusedException">The user may not connect as the node.</exception>
    /// <exception cref="ApiException">The API server did not answer.</exception>
    Task<LinkIdentity> AuthorizeAsync(string node, string token, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the next token for the same account, with the same lifetime; null if the operator does not renew this token.
    /// </summary>
    /// <exception cref="ApiException">The API server did not make a token.</exception>
    Task<string?> RenewAsync(LinkIdentity identity, CancellationToken cancellationToken);
}
