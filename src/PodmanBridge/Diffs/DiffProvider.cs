using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Sessions;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Diffs;

/// <summary>Opens diffs of workspaces that were cloned.</summary>
internal sealed class DiffProvider(NodeAttempts attempts, NodeSessions sessions, WorkspaceDiffs diffs) : IStreamProvider
{
    /// <inheritdoc/>
    public Type Source => typeof(DiffSource);

    /// <inheritdoc/>
    public async Task<IStreamContent> OpenAsync(StreamSource source, CancellationToken cancellationToken)
    {
        var record =
            attempts.LastOf(((DiffSource)source).RunUID)
            ?? throw new StreamRefusedException(
                StatusCodes.Status404NotFound,
                "The node has nothing of this run any more: its ttlAfterFinished is over, or its files were removed to make room."
            );
        if (record.Spec.Git is null)
        {
            throw new StreamRefusedException(
                StatusCodes.Status404NotFound,
                "The workspace of this run was not cloned from a repository (workspace.git), so there is nothing to compare it with."
            );
        }

        // In a session, the first run cloned.
        var commit = record.ClonedCommit ?? (record.Spec.Session is { } session ? sessions.Find(session.UID)?.ClonedCommit : null);
        return await diffs.MakeAsync(
            record,
            commit
                ?? throw new StreamRefusedException(
                    StatusCodes.Status409Conflict,
                    "The workspace of this run is not cloned yet, or an older bridge cloned it and did not note the commit."
                ),
            cancellationToken
        );
    }
}
