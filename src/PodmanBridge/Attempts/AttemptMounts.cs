using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// What one attempt's container mounts from the node. The bridge opens it before it creates the container, and compares it with what the
/// shim finds before anything of the tenant's runs.
/// </summary>
internal sealed class AttemptMounts(AttemptRecord record, ContainerSettings settings, HostPathGate gate) : IDisposable
{
    private OpenedHostPaths? _hostPaths;

    // For a container that an earlier bridge created, this is what that bridge opened. Shim and CLI may have been replaced since.
    private IReadOnlyList<ShimMount>? _described = record.Mounts;

    /// <summary>The executable that the container's first process must have.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    public FileIdentity Shim => Described().FirstOrDefault(mount => mount.Path == MountPoints.Shim).Identity;

    /// <summary>Opens the files of the node that the run names, if the run may have them.</summary>
    /// <exception cref="RunRefusedException">The run may not have one of them, or it does not exist.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken) => _hostPaths = await gate.OpenAsync(record.Spec, cancellationToken);

    /// <summary>Records what a container that is about to be created must have mounted.</summary>
    /// <returns>The mounts, to be stored for a later bridge.</returns>
    /// <exception cref="IOException">One of the files does not exist.</exception>
    public IReadOnlyList<ShimMount> Describe() =>
        _described = [.. Opened().Select(opened => new ShimMount(opened.Path, opened.Identity.Dev, opened.Identity.Ino))];

    /// <summary>What the shim must find mounted, according to what the bridge opened and has on record.</summary>
    /// <param name="hello">The shim's first message. While the shim waits, host paths and CLI are examined once more.</param>
    /// <param name="cancellationToken">Cancels the examination.</param>
    /// <exception cref="RunRefusedException">The run may no longer have a path, or the container cannot run the CLI.</exception>
    public async Task<IReadOnlyList<(string Path, FileIdentity Identity)>> ExpectedAsync(
        ShimHello hello,
        CancellationToken cancellationToken
    )
    {
        if (hello.State == ShimHello.Waiting)
        {
            await ExamineAsync(hello, cancellationToken);
        }

        return [.. Described(), .. _hostPaths?.Mounts ?? []];
    }

    /// <summary>Closes what was opened. The mounts stay.</summary>
    public void Dispose() => _hostPaths?.Dispose();

    private async Task ExamineAsync(ShimHello hello, CancellationToken cancellationToken)
    {
        // An earlier bridge may have opened them. The permissions of this bridge count, and what this bridge opens is compared.
        if (_hostPaths is null)
        {
            await OpenAsync(cancellationToken);
        }

        if (record.Spec.Claude is not null && ShimCheck.Cli(hello.Cli) is { } sentence)
        {
            throw new RunRefusedException(RunReason.ImageIncompatible, sentence);
        }
    }

    private IEnumerable<(string Path, FileIdentity Identity)> Described() =>
        _described?.Select(mount => (mount.Path, new FileIdentity(mount.Dev, mount.Ino))) ?? Opened();

    private IEnumerable<(string Path, FileIdentity Identity)> Opened()
    {
        yield return (MountPoints.RunDirectory, FileIdentity.Of(settings.RunDirectoryOf(record.Key)));
        yield return (MountPoints.Shim, FileIdentity.Of(settings.ShimPath));
        if (record.Spec.Claude is not null && settings.ClaudeDirectory is { } claude)
        {
            yield return (MountPoints.Cli, FileIdentity.Of(claude));
        }

        foreach (var mount in _hostPaths?.Mounts ?? [])
        {
            yield return mount;
        }
    }
}
