using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>What the hub is told at its start.</summary>
internal sealed record HubSettings
{
    /// <summary>How long a lease lasts.</summary>
    public required TimeSpan NodeLostAfter { get; init; }

    /// <summary>How long after the last lease a node counts as lost.</summary>
    public required TimeSpan NodeLostGrace { get; init; }

    /// <summary>What models cost.</summary>
    public required IReadOnlyList<ModelPrice> Prices { get; init; }

    /// <summary>The tools at the model's provider that runs may use.</summary>
    public IReadOnlyList<ServerTool> ServerTools { get; init; } = [];

    /// <summary>How long a bridge may take for its Hello.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the API server is asked again whether a link may be.</summary>
    public TimeSpan AuthorizeAgainAfter { get; init; } = TimeSpan.FromMinutes(3);
}
