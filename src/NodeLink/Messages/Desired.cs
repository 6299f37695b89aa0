namespace Stromboli.NodeLink.Messages;

/// <summary>What is wanted of one attempt has changed.</summary>
public sealed record Desired : OperatorMessage
{
    /// <summary>The whole of it, not the difference.</summary>
    public required DesiredAttempt Attempt { get; init; }
}
