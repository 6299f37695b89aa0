namespace Stromboli.NodeLink.Messages;

/// <summary>
/// All attempts that are wanted on the node, in one or more parts. What the whole does not name is <see cref="DesiredState.Absent"/>.
/// </summary>
public sealed record DesiredSnapshot : OperatorMessage
{
    /// <summary>The attempts of this part.</summary>
    public required IReadOnlyList<DesiredAttempt> Attempts { get; init; }

    /// <summary>
    /// The UIDs of sessions that are on the node: those of all parts are all of them, and what it has of others goes. To a bridge of schema
    /// 1 the last part has them all.
    /// </summary>
    public IReadOnlyList<string> Sessions { get; init; } = [];

    /// <summary>True on the last part; only then the bridge acts on what is missing.</summary>
    public required bool Complete { get; init; }
}
