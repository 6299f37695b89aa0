using Microsoft.Win32.SafeHandles;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.HostPaths;

/// <summary>
/// The host paths of an attempt, kept open from the check until the shim has reported what is mounted. An open file keeps its inode number,
/// so that no other file can be mistaken for it.
/// </summary>
internal sealed class OpenedHostPaths : IDisposable
{
    private readonly List<(string MountPath, FileIdentity Identity, SafeFileHandle Handle)> _opened = [];

    /// <summary>The files that must be mounted, by their path in the container.</summary>
    public IEnumerable<(string Path, FileIdentity Identity)> Mounts => _opened.Select(opened => (opened.MountPath, opened.Identity));

    /// <summary>Keeps one more file open.</summary>
    public void Add(string mountPath, FileIdentity identity, SafeFileHandle handle) => _opened.Add((mountPath, identity, handle));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, _, handle) in _opened)
        {
            handle.Dispose();
        }
    }
}
