using System.Collections.Concurrent;
using Stromboli.Podman.Models;

namespace Stromboli.Podman.Tests.Engines;

/// <summary>
/// Names of containers and volumes that can be removed, by an engine that can be away: a real one cannot be made to answer at the right
/// moment.
/// </summary>
internal sealed class FakeEngine : IPodman, IContainerOperations, IVolumeOperations
{
    private readonly ConcurrentDictionary<string, byte> _names = new();

    /// <summary>Whether no call is answered.</summary>
    public bool Away { get; set; }

    /// <summary>What it says of a container that is there.</summary>
    public ContainerState? State { get; set; }

    /// <summary>The containers that it lists, of those that are there.</summary>
    public IReadOnlyList<ContainerSummary> Listed { get; set; } = [];

    /// <summary>What is there.</summary>
    public IReadOnlyCollection<string> Names => [.. _names.Keys];

    public IContainerOperations Containers => this;

    public IVolumeOperations Volumes => this;

    public IImageOperations Images => throw new NotSupportedException();

    public ISecretOperations Secrets => throw new NotSupportedException();

    public ISystemOperations System => throw new NotSupportedException();

    public void Add(string name) => _names[name] = 0;

    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) =>
        Away ? throw new PodmanException("DELETE", "no answer") : Task.FromResult(_names.TryRemove(name, out _));

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

    public Task<bool> KillAsync(string name, string signal, CancellationToken cancellationToken) =>
        Away ? throw new PodmanException("POST", "no answer") : Task.FromResult(_names.ContainsKey(name));

    public Task<int?> WaitAsync(string name, CancellationToken cancellationToken) =>
        State is null ? throw new NotSupportedException() : Task.FromResult<int?>(0);

    public Task CreateAsync(string name, IReadOnlyDictionary<string, string> labels, int userID, CancellationToken cancellationToken)
    {
        Add(name);
        return Task.CompletedTask;
    }

    Task<ContainerInspection?> IContainerOperations.InspectAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(
            _names.ContainsKey(name) ? new ContainerInspection { ID = name, State = State ?? throw new NotSupportedException() } : null
        );

    Task<IReadOnlyList<ContainerSummary>> IContainerOperations.ListAsync(
        IReadOnlyDictionary<string, string> labels,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<ContainerSummary>>([.. Listed.Where(container => _names.ContainsKey(container.ID))]);

    Task<VolumeInspection?> IVolumeOperations.InspectAsync(string name, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    Task<IReadOnlyList<VolumeInspection>> IVolumeOperations.ListAsync(
        IReadOnlyDictionary<string, string> labels,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<VolumeInspection>>([]);
}
