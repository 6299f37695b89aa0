using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Sessions;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>Reads what is on the node's disk, and for whom.</summary>
internal sealed class DiskUseReader(
    IPodman podman,
    PulledImages pulled,
    ImageFetcher fetcher,
    PrePuller ahead,
    Measurer measurer,
    IInstallation installation,
    BridgeOptions options,
    TimeProvider clock
)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(10);

    // The volumes of finished attempts no longer change; those of sessions are measured again from time to time.
    private static readonly TimeSpan SessionAge = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (long Bytes, long Files, long At)> _measured = [];

    /// <summary>The images that nothing uses, and what is being pulled. Costs little.</summary>
    /// <param name="isLow">Whether less is left than the floor.</param>
    /// <param name="failed">The images that could not be removed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    public async Task<DiskUse> ReadImagesAsync(bool isLow, IReadOnlySet<string> failed, CancellationToken cancellationToken)
    {
        var (images, containers) = await ReadEngineAsync(cancellationToken);
        var used = containers.Select(container => container.ImageID).ToHashSet();
        var desired = ahead
            .Desired.Append(options.GitImage)
            .Select(name => name is null ? null : ImageReference.Parse(name)?.Key)
            .ToHashSet();
        return new DiskUse
        {
            IsLow = isLow,
            Images =
            [
                .. from free in pulled.Free(images)
                where !used.Contains(free.Image.ID) && !failed.Contains(free.Image.ID)
                // The operator says with the first link which images are desired. Until then every image that the node itself pulled counts
                // as desired.
                select new DiskImage(
                    free.Image.ID,
                    free.Pulled.LastUse,
                    free.Pulled.Namespace is null || free.Pulled.Names.Any(desired.Contains)
                ),
            ],
            Pulls = [.. fetcher.Fetches.Select(fetch => new DiskPull(fetch.Image, fetch.Began))],
        };
    }

    /// <summary>What each namespace has on the disk.</summary>
    /// <param name="shortage">What is short.</param>
    /// <param name="running">The runs that have a container, and what was measured of them.</param>
    /// <param name="finished">The attempts that are over.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    public async Task<DiskUse> ReadAttemptsAsync(
        DiskShortage shortage,
        IReadOnlyList<(StorageTenant Tenant, StorageUsage Usage)> running,
        IReadOnlyList<IFinishedAttempt> finished,
        CancellationToken cancellationToken
    )
    {
        var (images, containers) = shortage is { IsShared: true, ByFiles: false } ? await ReadEngineAsync(cancellationToken) : ([], []);
        var sizes = images.Where(pulled.Pulled).ToDictionary(image => image.ID, image => image.Size);
        var volumes = await VolumesAsync(cancellationToken);
        var logs =
            !shortage.ByFiles
            && FileIdentity.TryOf(options.StateDirectory)?.Dev is { } device
            && volumes
                .Select(volume => FileIdentity.TryOf(Path.GetDirectoryName(Path.GetDirectoryName(volume.Mountpoint!))!)?.Dev)
                .Contains(device);
        await MeasureAsync(volumes, running, cancellationToken);
        long Amount(IEnumerable<VolumeInspection> of) => of.Sum(volume => AmountOf(volume, shortage));
        var byAttempt = volumes.ToLookup(volume => SessionVolumes.SessionOf(volume) is null ? AttemptKey.FromLabels(volume.Labels) : null);
        return new DiskUse
        {
            IsLow = shortage.VolumesAreLow,
            Floor = FloorOf(shortage),
            Running =
            [
                .. OfRuns(shortage, running)
                    .Running.Select(run => run with { Amount = run.Amount + ImageShare(run.Key, sizes, containers) }),
            ],
            Finished =
            [
                .. finished.Select(attempt => new DiskAttempt(attempt.Key, attempt.Namespace)
                {
                    Amount = attempt.HasVolumes ? Amount(byAttempt[attempt.Key]) : 0,
                    HasVolumes = attempt.HasVolumes,
                    Log = logs && new FileInfo(attempt.LogPath) is { Exists: true } log ? log.Length : 0,
                    EndedAt = attempt.EndedAt,
                }),
            ],
            Kept =
            [
                .. from volume in volumes
                where SessionVolumes.SessionOf(volume) is not null && !IsOf(running, volume)
                select new DiskKept(volume.Labels?.GetValueOrDefault(ContainerLabels.Namespace) ?? "", AmountOf(volume, shortage)),
            ],
        };
    }

    /// <summary>What is known without the engine: of the runs that go on, what was measured.</summary>
    public static DiskUse OfRuns(DiskShortage shortage, IReadOnlyList<(StorageTenant Tenant, StorageUsage Usage)> running) =>
        new()
        {
            IsLow = shortage.VolumesAreLow,
            Floor = FloorOf(shortage),
            Running =
            [
                .. running.Select(run => new DiskAttempt(run.Tenant.Key, run.Tenant.Namespace)
                {
                    Amount = shortage.ByFiles ? run.Usage.Entries : run.Usage.Bytes,
                }),
            ],
        };

    private static long FloorOf(DiskShortage shortage) => (shortage.ByFiles ? shortage.Floor.Files : shortage.Floor.Bytes) ?? 0;

    private async Task<(IReadOnlyList<ImageSummary> Images, IReadOnlyList<ContainerSummary> Containers)> ReadEngineAsync(
        CancellationToken cancellationToken
    )
    {
        var mark = pulled.Mark();
        var images = await podman.Images.ListAsync(cancellationToken);
        pulled.Observe(images, mark);
        // All containers, not only the bridge's.
        return (images, await podman.Containers.ListAsync(new Dictionary<string, string>(), cancellationToken));
    }

    // The containers of an image share its size.
    private static long ImageShare(AttemptKey key, Dictionary<string, long> sizes, IReadOnlyList<ContainerSummary> containers) =>
        containers.FirstOrDefault(container => AttemptKey.FromLabels(container.Labels) == key)?.ImageID is { } image
        && sizes.TryGetValue(image, out var size)
            ? size / containers.Count(container => container.ImageID == image)
            : 0;

    private async Task<IReadOnlyList<VolumeInspection>> VolumesAsync(CancellationToken cancellationToken) =>
        installation.ID is { } id
            ?
            [
                .. (await podman.Volumes.ListAsync(ContainerLabels.OfNode(id, options.Node), cancellationToken)).Where(volume =>
                    volume.Mountpoint is not null
                ),
            ]
            : [];

    private static bool IsOf(IReadOnlyList<(StorageTenant Tenant, StorageUsage Usage)> running, VolumeInspection volume) =>
        running.Any(run => run.Tenant.Volumes.Any(own => own.Directory == volume.Mountpoint));

    // A volume that could not be measured in time counts as the floor, so that a run cannot hide data by making it slow to measure.
    private long AmountOf(VolumeInspection volume, DiskShortage shortage) =>
        _measured.TryGetValue(volume.Name, out var known)
            ? shortage.ByFiles
                ? known.Files
                : known.Bytes
            : FloorOf(shortage);

    private async Task MeasureAsync(
        IReadOnlyList<VolumeInspection> volumes,
        IReadOnlyList<(StorageTenant Tenant, StorageUsage Usage)> running,
        CancellationToken cancellationToken
    )
    {
        var idle = volumes.Where(volume => !IsOf(running, volume)).ToList();
        foreach (var gone in _measured.Keys.Except(idle.Select(volume => volume.Name)).ToList())
        {
            _measured.Remove(gone);
        }

        var pid = EngineProcess.Find() ?? Environment.ProcessId;
        var began = clock.GetTimestamp();
        foreach (var volume in idle.Where(volume => !IsKnown(volume)))
        {
            if (clock.GetElapsedTime(began) > TotalTimeout)
            {
                return;
            }

            try
            {
                var usage = (
                    await measurer.MeasureAsync(
                        pid,
                        [new RunVolume(volume.Mountpoint!, volume.Mountpoint!)],
                        Timeout,
                        enough: null,
                        cancellationToken
                    )
                )[0];
                _measured[volume.Name] = (usage.TotalBytes, usage.Entries, clock.GetTimestamp());
            }
            catch (IOException)
            {
                // The volume may be gone. If it is not, the next look measures it again; until then it counts as the floor.
            }
        }
    }

    private bool IsKnown(VolumeInspection volume) =>
        _measured.TryGetValue(volume.Name, out var known)
        && (SessionVolumes.SessionOf(volume) is null || clock.GetElapsedTime(known.At) < SessionAge);
}
