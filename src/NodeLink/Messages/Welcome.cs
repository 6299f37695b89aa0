namespace Stromboli.NodeLink.Messages;

/// <summary>The operator's answer to <see cref="Hello"/>.</summary>
public sealed record Welcome : OperatorMessage
{
    /// <summary>The installation: the UID of the kube-system namespace. Containers and volumes carry it.</summary>
    public required string Installation { get; init; }

    /// <summary>What models cost, for the ledger.</summary>
    public required IReadOnlyList<ModelPrice> Prices { get; init; }

    /// <summary>The tools at the provider that runs may use; all others are refused. Null for none.</summary>
    public IReadOnlyList<ServerTool>? ServerTools { get; init; }
}
