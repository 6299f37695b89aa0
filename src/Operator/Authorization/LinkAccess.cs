using System.Net;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Authorization;

/// <summary>
/// Decides who may have a link: first by <see cref="LinkGate"/>, then by the API server. It limits the reviews that run at the same time.
/// </summary>
internal sealed class LinkAccess(LinkGate gate, ILinkAuthorizer authorizer, IAgentNodeCreator creator) : IDisposable
{
    // Further connections wait. Tokens that were accepted before have as many slots of their own, so that strangers do not delay them.
    private const int MaxAtOnce = 16;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _authorizing = new(MaxAtOnce, MaxAtOnce);
    private readonly SemaphoreSlim _authorizingKnown = new(MaxAtOnce, MaxAtOnce);

    /// <summary>Authorizes a new link, and makes the AgentNode of its node if there is none.</summary>
    /// <exception cref="LinkRefusedException">The token may not connect as the node.</exception>
    /// <exception cref="Kubernetes.ApiException">The API server did not answer.</exception>
    public async Task<LinkIdentity> AdmitAsync(IPAddress? address, string node, string token, CancellationToken cancellationToken)
    {
        gate.Demand(address, node, token);
        var slots = gate.Knows(token) ? _authorizingKnown : _authorizing;
        if (!await slots.WaitAsync(MaxWait, cancellationToken))
        {
            throw new LinkRefusedException(RefusalReason.NotLeader, "Too many bridges connect at once; try again.");
        }

        try
        {
            var identity = await authorizer.AuthorizeAsync(node, token, cancellationToken);
            gate.Accept(token);
            await creator.EnsureAsync(node, cancellationToken);
            return identity;
        }
        catch (LinkRefusedException e)
        {
            gate.Refuse(node, token, e.Refusal);
            throw;
        }
        finally
        {
            slots.Release();
        }
    }

    /// <summary>Authorizes a link again while it is up.</summary>
    /// <exception cref="LinkRefusedException">The token may no longer connect as the node.</exception>
    /// <exception cref="Kubernetes.ApiException">The API server did not answer.</exception>
    public Task ReviewAsync(string node, string token, CancellationToken cancellationToken) =>
        authorizer.AuthorizeAsync(node, token, cancellationToken);

    /// <summary>Makes the next token of a link; null if the operator does not renew this token.</summary>
    /// <exception cref="Kubernetes.ApiException">The API server did not make a token.</exception>
    public async Task<string?> RenewAsync(LinkIdentity identity, CancellationToken cancellationToken)
    {
        if (await authorizer.RenewAsync(identity, cancellationToken) is not { } token)
        {
            return null;
        }

        gate.Accept(token);
        return token;
    }

    /// <summary>Counts a refusal against its address.</summary>
    /// <returns>False if the address has used up its refusals. Such a refusal is not logged.</returns>
    public bool CountRefusal(IPAddress? address) => gate.Count(address);

    /// <inheritdoc/>
    public void Dispose()
    {
        _authorizing.Dispose();
        _authorizingKnown.Dispose();
    }
}
