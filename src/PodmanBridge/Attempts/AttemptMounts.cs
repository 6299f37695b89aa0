using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// What one attempt's container has of the node: opened before it is made, and compared with what its shim finds in it before anything of
/// the tenant's runs.
/// </summary>
internal sealed class AttemptMounts(AttemptRecord record, string runDirectory, SandboxServices services) : IDisposable
{
    private OpenedHostPaths? _hostPaths;

    // For a container that a former bridge made, this is what that bridge opened: shim and CLI may have been replaced since.
    private IReadOnlyList<ShimMount>? _meant = record.Mounts;

    /// <summary>The file that the container's first process must run.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public FileIdentity Shim => Meant().FirstOrDefault(mount => mount.Path == MountPoints.Shim).Identity;

    /// <summary>Opens what the run names of the node, if it may have it.</summary>
    /// <exception cref="RunRefusedException">It may not, or it is not there.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken) =>
        _hostPaths = await services.HostPaths.OpenAsync(record.Spec, cancellationToken);

    /// <summary>Notes what a container that is about to be made must have mounted.</summary>
    /// <returns>The mounts, to be stored for a later bridge.</returns>
    /// <exception cref="IOException">Something of it is not there.</exception>
    public IReadOnlyList<ShimMount> Describe() =>
        _meant = [.. Opened().Select(opened => new ShimMount(opened.Path, opened.Identity.Dev, opened.Identity.Ino))];

    /// <summary>Compares the first Hello of a shim with what the bridge opened and has on record, and closes what was opened.</summary>
    /// <param name="hello">The shim's first word.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RunRefusedException">The container is another one than was meant, or cannot run the CLI.</exception>
    public async Task CheckAsync(ShimHello hello, CancellationToken cancellationToken)
    {
        RefuseIf(FirstProcess.StateProblem(hello.State, record.Released));
        if (hello.State == ShimHello.Waiting)
        {
            await CheckBeforeAsync(hello, cancellationToken);
        }

        RefuseIf(ShimCheck.Mounts(hello.Mounts, Meant().Concat(_hostPaths?.Mounts ?? [])));
        Dispose();
    }

    private async Task CheckBeforeAsync(ShimHello hello, CancellationToken cancellationToken)
    {
        // A former bridge may have looked at them; this one's permissions count, and what it looks at is compared.
        if (_hostPaths is null)
        {
            await OpenAsync(cancellationToken);
        }

        if (record.Spec.Claude is not null && ShimCheck.Cli(hello.Cli) is { } sentence)
        {
            throw new RunRefusedException(RunReason.ImageIncompatible, sentence);
        }
    }

    private static void RefuseIf(string? problem)
    {
        if (problem is not null)
        {
            throw ShimGate.Denied(problem);
        }
    }

    private IEnumerable<(string Path, FileIdentity Identity)> Meant() =>
        _meant?.Select(mount => (mount.Path, new FileIdentity(mount.Dev, mount.Ino))) ?? Opened();

    /// <summary>Closes what was opened; what is mounted stays.</summary>
    public void Dispose() => _hostPaths?.Dispose();

    private IEnumerable<(string Path, FileIdentity Identity)> Opened()
    {
        yield return (MountPoints.RunDirectory, FileIdentity.Of(runDirectory));
        yield return (MountPoints.Shim, FileIdentity.Of(services.ShimPath));
        if (record.Spec.Claude is not null && services.ClaudeDirectory is { } claude)
        {
            yield return (MountPoints.Cli, FileIdentity.Of(claude));
        }

        foreach (var mount in _hostPaths?.Mounts ?? [])
        {
            yield return mount;
        }
    }
}
