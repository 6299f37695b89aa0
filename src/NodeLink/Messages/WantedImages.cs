namespace Stromboli.NodeLink.Messages;

/// <summary>
/// The images that are to be on the node before a run asks for them: all of them, each time. What was wanted before and is no more stays
/// where it is.
/// </summary>
public sealed record WantedImages : OperatorMessage
{
    /// <summary>The fully qualified names.</summary>
    public required IReadOnlyList<string> Images { get; init; }
}
