using Microsoft.Win32.SafeHandles;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.HostPaths;

/// <summary>
/// The host paths of an attempt, held open from their examination until the shim has said what is mounted: what is held keeps its number,
/// so that nothing else can be taken for it.
/// </summary>
internal sealed class OpenedHostPaths : IDisposable
{
    private readonly List<(string MountPath, FileIdentity Identity, SafeFileHandle Handle)> _opened = [];

    /// <summary>What must be mounted where.</summary>
    public IEnumerable<(string Path, FileIdentity Identity)> Mounts => _opened.Select(opened => (opened.MountPath, opened.Identity));

    /// <summary>Keeps one more.</summary>
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
