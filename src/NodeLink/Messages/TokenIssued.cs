namespace Stromboli.NodeLink.Messages;

/// <summary>The node's next connect token; replaces the one in the bridge's token file.</summary>
public sealed record TokenIssued : OperatorMessage
{
    /// <summary>The token.</summary>
    public required string Token { get; init; }

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => nameof(TokenIssued);
}
