using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Hub;

/// <summary>The options of the hub.</summary>
internal sealed record HubOptions
{
    /// <summary>The prices of models, which each bridge receives.</summary>
    public required IReadOnlyList<ModelPrice> Prices { get; init; }

    /// <summary>The tools at the model's provider that runs may use.</summary>
    public IReadOnlyList<ServerTool> ServerTools { get; init; } = [];

    /// <summary>How long a bridge may take to send its Hello.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after a review the API server reviews a link again.</summary>
    public TimeSpan ReviewInterval { get; init; } = TimeSpan.FromMinutes(3);
}
