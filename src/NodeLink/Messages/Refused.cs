namespace Stromboli.NodeLink.Messages;

/// <summary>The operator ends the link.</summary>
public sealed record Refused : OperatorMessage
{
    /// <summary>Why.</summary>
    public required RefusalReason Reason { get; init; }

    /// <summary>One sentence for the bridge's log.</summary>
    public required string Message { get; init; }
}
