namespace Stromboli.Podman;

/// <summary>libpod on a unix socket.</summary>
internal sealed class PodmanClient : IPodman, IDisposable
{
    private readonly PodmanTransport _transport;

    public PodmanClient(string socketPath, TimeProvider clock)
    {
        _transport = new PodmanTransport(socketPath, clock);
        Containers = new ContainerOperations(_transport);
        Images = new ImageOperations(_transport);
        Volumes = new VolumeOperations(_transport);
        Secrets = new SecretOperations(_transport);
        System = new SystemOperations(_transport);
    }

    /// <summary>Whether the engine can be reached.</summary>
    public EngineAvailability Engine => _transport.Engine;

    public IContainerOperations Containers { get; }

    public IImageOperations Images { get; }

    public IVolumeOperations Volumes { get; }

    public ISecretOperations Secrets { get; }

    public ISystemOperations System { get; }

    public void Dispose() => _transport.Dispose();
}
