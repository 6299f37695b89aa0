using System.Diagnostics;
using Stromboli.Gateway.Sockets;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Model;

/// <summary>One run's place at the gateway.</summary>
internal sealed record ModelRunOptions
{
    /// <summary>Names the run in logs: UID and attempt.</summary>
    public required string Key { get; init; }

    /// <summary>Its namespace, which shares a credential with others.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The betas that the run itself asks for (<c>agent.claude.betas</c>).</summary>
    public IReadOnlyList<string> Betas { get; init; } = [];

    /// <summary>Where its socket is made; what lies there is replaced.</summary>
    public required string SocketPath { get; init; }

    /// <summary>Decides which connections are accepted.</summary>
    public required ISocketPeers Peers { get; init; }

    /// <summary>What it may use; null for no cap.</summary>
    public AttemptBudget? Budget { get; init; }

    /// <summary>
    /// Called on the request's thread when a request is refused because the budget is used up, before the agent learns of it. It must be
    /// quick.
    /// </summary>
    public Action? BudgetExceeded { get; init; }

    /// <summary>The span whose children its model requests are; none by default.</summary>
    public ActivityContext Trace { get; init; }

    /// <summary>Where its ledger is; continued if it exists.</summary>
    public required string LedgerPath { get; init; }
}
