using Stromboli.Podman;
using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Tests.Storage;

/// <summary>An engine with images, containers and volumes on a disk of a certain size: a real one cannot be filled at will.</summary>
internal sealed class FakeDisk(long size) : IPodman, IImageOperations, IContainerOperations, IVolumeOperations
{
    private readonly Dictionary<string, ImageSummary> _images = [];
    private readonly List<ContainerSummary> _containers = [];
    private readonly Dictionary<string, (VolumeInspection Volume, long Bytes)> _volumes = [];

    /// <summary>What is left.</summary>
    public long Free => size - _images.Values.Sum(image => image.Size) - _volumes.Values.Sum(volume => volume.Bytes);

    /// <summary>The images' ids.</summary>
    public IEnumerable<string> ImageIDs => _images.Keys.Order(StringComparer.Ordinal);

    /// <summary>The volumes' names.</summary>
    public IEnumerable<string> VolumeNames => _volumes.Keys.Order(StringComparer.Ordinal);

    public IImageOperations Images => this;

    public IContainerOperations Containers => this;

    public IVolumeOperations Volumes => this;

    public ISecretOperations Secrets => throw new NotSupportedException();

    public ISystemOperations System => throw new NotSupportedException();

    public void AddImage(string id, long bytes, params string[] names) =>
        _images[id] = new ImageSummary
        {
            ID = id,
            Names = names,
            Size = bytes,
        };

    /// <summary>A container of an image; of an attempt if it has labels.</summary>
    public void AddContainer(string image, Dictionary<string, string>? labels = null) =>
        _containers.Add(
            new ContainerSummary
            {
                ID = $"c{_containers.Count}",
                ImageID = image,
                Labels = labels,
            }
        );

    public void RemoveContainers(string image) => _containers.RemoveAll(container => container.ImageID == image);

    public void AddVolume(string name, string directory, long bytes, Dictionary<string, string> labels) =>
        _volumes[name] = (
            new VolumeInspection
            {
                Name = name,
                Mountpoint = directory,
                Labels = labels,
            },
            bytes
        );

    public bool RemoveVolume(string name) => _volumes.Remove(name);

    Task<IReadOnlyList<ImageSummary>> IImageOperations.ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ImageSummary>>([.. _images.Values]);

    Task<IReadOnlyList<ContainerSummary>> IContainerOperations.ListAsync(
        IReadOnlyDictionary<string, string> labels,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<ContainerSummary>>([.. _containers.Where(container => HasAll(container.Labels, labels))]);

    Task<IReadOnlyList<VolumeInspection>> IVolumeOperations.ListAsync(
        IReadOnlyDictionary<string, string> labels,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyList<VolumeInspection>>([
            .. _volumes.Values.Select(volume => volume.Volume).Where(volume => HasAll(volume.Labels, labels)),
        ]);

    private static bool HasAll(Dictionary<string, string>? actual, IReadOnlyDictionary<string, string> labels) =>
        labels.All(label => actual?.GetValueOrDefault(label.Key) == label.Value);

    // As Podman does: a name goes, and the image with its last one unless a container has it.
    Task<bool> IImageOperations.RemoveAsync(string reference, CancellationToken cancellationToken)
    {
        if (_images.Values.FirstOrDefault(image => image.ID == reference || image.Names!.Contains(reference)) is not { } found)
        {
            return Task.FromResult(false);
        }

        var left = found.Names!.Where(name => name != reference).ToArray();
        if (left.Length > 0)
        {
            _images[found.ID] = found with { Names = left };
        }
        else if (_containers.Any(container => container.ImageID == found.ID))
        {
            throw new PodmanException("DELETE images", "image is in use by a container", global::System.Net.HttpStatusCode.Conflict);
        }
        else
        {
            _images.Remove(found.ID);
        }

        return Task.FromResult(true);
    }

    public Task<string> PullAsync(
        string reference,
        string policy,
        RegistryCredential? credential,
        IProgress<string>? progress,
        CancellationToken cancellationToken
    )
    {
        var pull = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(() => pull.TrySetCanceled(cancellationToken));
        return pull.Task;
    }

    Task<ImageInspection?> IImageOperations.InspectAsync(string reference, CancellationToken cancellationToken) =>
        Task.FromResult(
            _images
                .Values.Where(image => image.Names!.Contains(reference))
                .Select(image => new ImageInspection { ID = image.ID })
                .FirstOrDefault()
        );

    Task<bool> IContainerOperations.RemoveAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<bool> IVolumeOperations.RemoveAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<ContainerInspection?> IContainerOperations.InspectAsync(string name, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    Task<VolumeInspection?> IVolumeOperations.InspectAsync(string name, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<string> CreateAsync(SpecGenerator spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string> CreateForReadingAsync(
        string imageID,
        IReadOnlyDictionary<string, string> labels,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<bool> HasFileAsync(string name, string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<byte[]?> ReadFileAsync(string name, string path, int maxBytes, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task StartAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> KillAsync(string name, string signal, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int?> WaitAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CreateAsync(string name, IReadOnlyDictionary<string, string> labels, int owner, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
