using Stromboli.Podman;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;
using Stromboli.PodmanBridge.Sessions;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Files;

/// <summary>Finds the directories of this node in which runs and sessions have their workspaces and HOMEs.</summary>
internal sealed class WorkspaceFolders(
    NodeAttempts attempts,
    NodeSessions sessions,
    HostPathGate hostPaths,
    IPodman podman,
    IInstallation installation,
    FileTrees trees
)
{
    private const string EngineAway = "The engine of the node does not answer: try again later.";

    /// <summary>Opens the workspace of a run, as its last attempt on this node has or left it.</summary>
    /// <exception cref="StreamRefusedException">There is none.</exception>
    public async Task<FileTree> OpenRunAsync(string uid, CancellationToken cancellationToken)
    {
        var record =
            attempts.LastOf(uid)
            ?? throw NotFound(
                "The node has nothing of this run any more: its ttlAfterFinished is over, or its files were removed to make room."
            );
        return await OpenAsync(record, cancellationToken)
            ?? throw NotFound(
                record.Released
                    ? "The workspace of this run was removed to make room on its node."
                    : "The run has no workspace on its node: its container is not made yet, or never was."
            );
    }

    /// <summary>Opens the workspace of a session.</summary>
    /// <exception cref="StreamRefusedException">There is none.</exception>
    public async Task<FileTree> OpenSessionAsync(string uid, CancellationToken cancellationToken)
    {
        Demand(uid);
        if (await OpenVolumeAsync(SessionNames(uid).Workspace, cancellationToken) is { } workspace)
        {
            return workspace;
        }

        // A directory of the node, which only the session's runs name.
        return attempts.LastOfSession(uid) is { } record && await OpenAsync(record, cancellationToken) is { } opened
            ? opened
            : throw NotFound(
                "The session has no workspace on its node: no run of it has begun, or its workspace is a directory of the node."
            );
    }

    /// <summary>Opens the HOME of a session.</summary>
    /// <exception cref="StreamRefusedException">There is none.</exception>
    public async Task<FileTree> OpenHomeAsync(string uid, CancellationToken cancellationToken)
    {
        Demand(uid);
        return await OpenVolumeAsync(SessionNames(uid).Home, cancellationToken)
            ?? throw NotFound("The session has no files on its node: no run of it has begun.");
    }

    private static StreamRefusedException NotFound(string sentence) => new(StatusCodes.Status404NotFound, sentence);

    private void Demand(string session)
    {
        if (sessions.Find(session) is null)
        {
            throw NotFound("The node has nothing of this session: no run of it has begun here, or it was removed.");
        }
    }

    private ContainerNames SessionNames(string uid) => ContainerNames.Of(InstallationID, "", 0, uid);

    private string InstallationID => installation.ID ?? throw new InvalidOperationException("No operator has welcomed this bridge yet.");

    private Task<FileTree?> OpenAsync(AttemptRecord record, CancellationToken cancellationToken) =>
        record.Spec.WorkspaceHostPath is { } path
            ? OpenHostPathAsync(record, path, cancellationToken)
            : OpenVolumeAsync(
                ContainerNames.Of(InstallationID, record.UID, record.Attempt, record.Spec.Session?.UID).Workspace,
                cancellationToken
            );

    private async Task<FileTree?> OpenVolumeAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await podman.Volumes.InspectAsync(name, cancellationToken) is { Mountpoint: { } folder } ? trees.Open(folder) : null;
        }
        catch (PodmanException e) when (e.IsUnanswered)
        {
            throw new StreamRefusedException(StatusCodes.Status503ServiceUnavailable, EngineAway);
        }
    }

    // The permissions of now count, and the directory must be the one that the run had.
    private async Task<FileTree?> OpenHostPathAsync(AttemptRecord record, string path, CancellationToken cancellationToken)
    {
        var mount = MountPaths.Normalise(record.Spec.MountPath) ?? record.Spec.MountPath;
        if (record.Mounts?.FirstOrDefault(known => known.Path == mount) is not { Path: not null } had)
        {
            return null;
        }

        try
        {
            var identity = new FileIdentity(had.Dev, had.Ino);
            using var opened = await hostPaths.OpenAsync(record.Spec with { Volumes = [] }, cancellationToken);
            return opened.Mounts.Any(now => now.Path == mount && now.Identity == identity)
                ? trees.Open(path, identity)
                : throw new StreamRefusedException(
                    StatusCodes.Status404NotFound,
                    "The workspace is a directory of the node, and another one is at its path now."
                );
        }
        catch (RunRefusedException e)
        {
            throw new StreamRefusedException(StatusCodes.Status403Forbidden, e.Message);
        }
        catch (PodmanException e) when (e.IsUnanswered)
        {
            throw new StreamRefusedException(StatusCodes.Status503ServiceUnavailable, EngineAway);
        }
    }
}
