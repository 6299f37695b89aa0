using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.HostPaths;
using Stromboli.PodmanBridge.Sandbox;

namespace Stromboli.PodmanBridge.Runs;

/// <summary>What one attempt's container has of the node: opened before it is made, and compared with what its shim finds in it before anything of the tenant's runs.</summary>
internal sealed class AttemptMounts(AttemptRecord record, string runDirectory, SandboxServices services) : IDisposable
{
    private OpenedHostPaths? _hostPaths;

    /// <summary>Opens what the run names of the node, if it may have it.</summary>
    /// <exception cref="AttemptRefusedException">It may not, or it is not there.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken) => _hostPaths = await services.HostPaths.OpenAsync(record.Spec, cancellationToken);

    /// <summary>Checks the shim's word against what the bridge meant, and closes what was opened.</summary>
    /// <param name="hello">The shim's first word.</param>
    /// <param name="pid">The process that said it, as the node sees it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AttemptRefusedException">The container is another one than was meant, or cannot run the CLI.</exception>
    public async Task CheckAsync(ShimHello hello, int pid, CancellationToken cancellationToken)
    {
        // An image may have a link where something of the node is mounted, and lead it over the shim: then another program would speak here.
        if (FileIdentity.TryOf($"/proc/{pid}/exe") != FileIdentity.Of(services.ShimPath))
        {
            throw new AttemptRefusedException(RunReason.PolicyDenied, "The container is another one than was meant: its first process is not the shim.");
        }

        // A former bridge may have looked at them; this one's permissions count, and what it looks at is compared.
        if (_hostPaths is null)
        {
            await OpenAsync(cancellationToken);
        }

        if (record.Spec.Claude is not null && ShimCheck.Cli(hello.Cli) is { } sentence)
        {
            throw new AttemptRefusedException(RunReason.ImageIncompatible, sentence);
        }

        if (ShimCheck.Mounts(hello.Mounts, Opened()) is { } difference)
        {
            throw new AttemptRefusedException(RunReason.PolicyDenied, $"The container is another one than was meant: {difference}.");
        }

        Dispose();
    }

    /// <summary>Closes what was opened; what is mounted stays.</summary>
    public void Dispose() => _hostPaths?.Dispose();

    private IEnumerable<(string Path, FileIdentity Identity)> Opened()
    {
        yield return (SandboxPaths.RunDirectory, FileIdentity.Of(runDirectory));
        yield return (SandboxPaths.Shim, FileIdentity.Of(services.ShimPath));
        if (record.Spec.Claude is not null && services.ClaudeDirectory is { } claude)
        {
            yield return (SandboxPaths.Cli, FileIdentity.Of(claude));
        }

        foreach (var mount in _hostPaths?.Mounts ?? [])
        {
            yield return mount;
        }
    }
}
