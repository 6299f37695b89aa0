using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.HostPaths;

/// <summary>
/// Opens the host paths that a run mounts. A path must be allowed by the node's admin, exist, and contain no symbolic link.
/// </summary>
/// <param name="allowed">The permissions.</param>
/// <param name="own">The bridge's own files and directories.</param>
/// <param name="home">The home of the bridge's user.</param>
/// <param name="node">The node's name, for messages.</param>
/// <param name="podman">The engine, whose files are protected too.</param>
internal sealed class HostPathGate(IReadOnlyList<AllowedVolume> allowed, IEnumerable<string> own, string? home, string node, IPodman podman)
{
    private readonly string[] _own = [.. own];

    /// <summary>Opens the paths that the attempt mounts.</summary>
    /// <exception cref="RunRefusedException">One of the paths is denied.</exception>
    /// <exception cref="PodmanException">The engine does not say where its own files are.</exception>
    public async Task<OpenedHostPaths> OpenAsync(AttemptSpec spec, CancellationToken cancellationToken)
    {
        var opened = new OpenedHostPaths();
        var requests = HostPathRequest.Of(spec);
        if (requests.Count == 0)
        {
            return opened;
        }

        try
        {
            var permissions = requests
                .Select(request => HostPathRules.Permission(request, allowed) ?? throw Denied(HostPathRules.Denial(request, allowed, node)))
                .ToList();
            var store = (await podman.System.InfoAsync(cancellationToken)).Store;
            var protectedPaths = new ProtectedPaths(
                [.. _own, .. new[] { store?.GraphRoot, store?.RunRoot, store?.VolumePath }.OfType<string>()],
                home
            );
            var mounts = MountTable.Read();
            foreach (var (request, permission) in requests.Zip(permissions))
            {
                if (protectedPaths.Problem(request.HostPath) is { } problem)
                {
                    throw Denied($"{request.Field} {request.HostPath} is never mounted: it {problem}.");
                }

                if (mounts.Problem(request.HostPath) is { } other)
                {
                    throw Denied($"{request.Field} {request.HostPath} on node {node} cannot be mounted: it {other}.");
                }

                Open(opened, request, permission);
            }

            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private void Open(OpenedHostPaths opened, HostPathRequest request, AllowedVolume permission)
    {
        var handle =
            HostPathFile.Open(permission.PathPrefix, request.HostPath, out var error)
            ?? throw Denied($"{request.Field} {request.HostPath} {Why(error)}.");
        var status = FileStatus.Of(handle);
        opened.Add(MountPaths.Normalise(request.MountPath) ?? request.MountPath, status.Identity, handle);
        if (!status.IsDirectory && (request.IsWorkspace || !status.IsRegular))
        {
            throw Denied(
                $"{request.Field} {request.HostPath} on node {node} is not a {(request.IsWorkspace ? "directory" : "directory or regular file")}."
            );
        }

        if (status is { IsRegular: true, Links: > 1 })
        {
            throw Denied(
                $"{request.Field} {request.HostPath} on node {node} is a file with {status.Links} hard links; mount one that has no other name."
            );
        }
    }

    private string Why(int error) =>
        error switch
        {
            HostPathFile.NoSuchEntry or HostPathFile.NotADirectory => $"does not exist on node {node}; make it there, nothing is created",
            HostPathFile.LinkMet or HostPathFile.OtherDevice =>
                $"is or goes through a symbolic link on node {node}; name the path that it leads to",
            HostPathFile.PermissionDenied =>
                $"cannot be reached by the user of the bridge on node {node}; let it search the directories above",
            HostPathFile.NotImplemented =>
                $"cannot be opened safely on node {node}, whose kernel has no openat2; it needs Linux 5.6 or later",
            _ => $"cannot be opened on node {node} (error {error})",
        };

    private static RunRefusedException Denied(string sentence) => new(RunReason.VolumeDenied, sentence);
}
