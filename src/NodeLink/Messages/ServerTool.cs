namespace Stromboli.NodeLink.Messages;

/// <summary>A tool that runs at the model's provider and that the operator lets runs use.</summary>
public sealed record ServerTool
{
    /// <summary>
    /// Its name without the date of a version, for example <c>web_search</c>; also <c>mcp_servers</c> and <c>container</c>, the members of
    /// a request.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>What a thousand uses cost beyond their tokens, in US dollars; null when that is not known.</summary>
    public decimal? PerThousandUSD { get; init; }
}
