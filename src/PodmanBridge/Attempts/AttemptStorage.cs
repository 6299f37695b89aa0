using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>One attempt's space on the node's disk. It is watched while its container exists.</summary>
internal sealed class AttemptStorage(
    AttemptRecord record,
    AttemptDirectory directory,
    StorageTenants tenants,
    Measurer measurer,
    ContainerSettings settings,
    Action<string> end
) : IDisposable
{
    private static readonly TimeSpan MeasureTimeout = TimeSpan.FromSeconds(10);

    private IDisposable? _place;
    private StorageTenant? _tenant;
    private long _measured = -1;

    /// <summary>The size of the volumes on the disk when they were last measured, in bytes; null if they were not measured.</summary>
    public long? MeasuredBytes => Interlocked.Read(ref _measured) is var bytes and >= 0 ? bytes : null;

    /// <summary>The container runs.</summary>
    public void Watch(ContainerInspection started)
    {
        var workspace = MountPaths.Normalise(record.Spec.MountPath) ?? record.Spec.MountPath;
        _tenant = new StorageTenant
        {
            Key = record.Key,
            Namespace = record.Spec.Namespace,
            Pid = started.State!.Pid,
            Volumes = [.. Volumes(started).OrderByDescending(volume => volume.MountPoint == workspace)],
            Workspace = workspace,
            LogPath = directory.LogPath,
            LedgerPath = directory.LedgerPath,
            Limits = LimitsAreLeftOut
                ? new StorageLimits(null, null)
                : new StorageLimits(record.Spec.WorkspaceBytes, record.Spec.StorageBytes, record.Spec.Session?.StorageBytes),
            Measured = Take,
            End = end,
        };
        _place = tenants.Add(_tenant);
    }

    /// <summary>Checks, before the agent starts, whether the node can enforce the run's limits.</summary>
    /// <exception cref="RunRefusedException">The node cannot enforce them.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (_tenant is not { Limits.Any: true } tenant)
        {
            return;
        }

        try
        {
            Take(await measurer.MeasureAsync(tenant, MeasureTimeout, tenant.Limits.Enough, cancellationToken));
        }
        catch (IOException e)
        {
            throw new RunRefusedException(
                RunReason.Crashed,
                $"The node cannot measure what the run has on its disk, and so cannot keep its limit: {e.Message}",
                e
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _place?.Dispose();

    // Without that permission the limits hold, and a node that cannot measure refuses the run.
    private bool LimitsAreLeftOut =>
        settings.AllowsUnenforcedLimits && !settings.Capabilities.EnforcedLimits.Contains(NodeLimits.StorageLimit);

    private void Take(StorageUsage usage) => Interlocked.Exchange(ref _measured, usage.Bytes - usage.LogBytes);

    private static IEnumerable<RunVolume> Volumes(ContainerInspection started) =>
        from mount in started.Mounts ?? []
        where mount is { Type: "volume", Source: not null, Destination: not null }
        select new RunVolume(mount.Source!, mount.Destination!);
}

/// <summary>Watches the disk space of attempts.</summary>
internal sealed class AttemptStorages(StorageTenants tenants, Measurer measurer, ContainerSettings settings)
{
    /// <summary>The disk space of one attempt.</summary>
    /// <param name="record">The attempt.</param>
    /// <param name="directory">The files of the attempt, which count too.</param>
    /// <param name="end">Called with a sentence that says so when the attempt uses more than it may.</param>
    public AttemptStorage Create(AttemptRecord record, AttemptDirectory directory, Action<string> end) =>
        new(record, directory, tenants, measurer, settings, end);
}
