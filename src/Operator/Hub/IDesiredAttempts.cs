using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Hub;

/// <summary>What the hub asks of the runs: everything that is desired on a node.</summary>
internal interface IDesiredAttempts
{
    /// <summary>
    /// Returns every attempt that is desired on the node, in the state that its record allows. This includes placements whose record is
    /// still being written. The node stops an attempt that is missing, so call this only after all informers have synced.
    /// </summary>
    Task<IReadOnlyList<DesiredAttempt>> ForNodeAsync(string node, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the UIDs of all sessions on the node. Call this after the attempts: a session that is missing is no longer desired, or it is
    /// newer, and then its attempt follows the snapshot.
    /// </summary>
    IReadOnlyList<string> SessionsOn(string node);
}
