using Stromboli.Kubernetes;

namespace Stromboli.Operator.Nodes;

/// <summary>Says who may have a link.</summary>
internal interface ILinkAuthorizer
{
    /// <summary>Asks who the token is and whether it may connect as the node.</summary>
    /// <exception cref="LinkRefusedException">It may not.</exception>
    /// <exception cref="ApiException">The API server could not be asked.</exception>
    Task<LinkIdentity> AuthorizeAsync(string node, string token, CancellationToken cancellationToken);

    /// <summary>Makes the next token for the same account, of the same life; null when the token is not the operator's to renew.</summary>
    /// <exception cref="ApiException">The API server did not make one.</exception>
    Task<string?> RenewAsync(LinkIdentity identity, CancellationToken cancellationToken);
}
