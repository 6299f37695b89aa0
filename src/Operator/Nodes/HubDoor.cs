namespace Stromboli.Operator.Nodes;

/// <summary>Whether bridges may come in: once this operator leads and knows what is wanted.</summary>
internal sealed class HubDoor
{
    private volatile string? _installation;

    /// <summary>The installation, once the door is open; null before.</summary>
    public string? Installation => _installation;

    /// <summary>Lets bridges in.</summary>
    public void Open(string installation) => _installation = installation;
}
