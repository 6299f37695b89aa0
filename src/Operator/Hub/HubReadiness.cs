using Stromboli.Operator.Election;

namespace Stromboli.Operator.Hub;

/// <summary>Whether bridges may connect: once this operator leads and knows all runs.</summary>
internal sealed class HubReadiness(ILeadership leadership)
{
    private volatile string? _installation;

    /// <summary>The UID of the installation while bridges may connect; null at any other time.</summary>
    public string? Installation => leadership.IsLeader ? _installation : null;

    /// <summary>Lets bridges connect.</summary>
    /// <param name="installation">The UID of the namespace kube-system.</param>
    public void Open(string installation) => _installation = installation;
}
