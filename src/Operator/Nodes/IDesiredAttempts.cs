using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>What the hub asks of the runs: everything that is wanted on a node.</summary>
internal interface IDesiredAttempts
{
    /// <summary>
    /// Every attempt that is wanted on the node, placements whose record is still being written included, in the state that the record
    /// allows. What it leaves out is absent, so it is asked only after all informers have synced.
    /// </summary>
    Task<IReadOnlyList<DesiredAttempt>> ForNodeAsync(string node, CancellationToken cancellationToken);

    /// <summary>
    /// The UIDs of all sessions that are on the node. Asked after the attempts: one that is not among them is wanted there no more, or came
    /// since, and then its attempt follows the snapshot.
    /// </summary>
    IReadOnlyList<string> SessionsOn(string node);
}
