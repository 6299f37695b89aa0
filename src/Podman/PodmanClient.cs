namespace Stromboli.Podman;

/// <summary>A Podman engine behind a Unix socket, such as <c>/run/user/1000/podman/podman.sock</c>. Safe for concurrent use.</summary>
public sealed class PodmanClient : IPodman, IDisposable
{
    private readonly PodmanTransport _transport;

    /// <summary>Creates a client. It connects with its first call.</summary>
    /// <param name="socketPath">The engine's socket.</param>
    /// <param name="clock">The clock for timeouts and pauses.</param>
    public PodmanClient(string socketPath, TimeProvider clock)
    {
        _transport = new PodmanTransport(socketPath, clock);
        Containers = new ContainerOperations(_transport);
        Images = new ImageOperations(_transport);
        Volumes = new VolumeOperations(_transport);
        Secrets = new SecretOperations(_transport);
        System = new SystemOperations(_transport);
    }

    /// <summary>Whether the engine listens on its socket.</summary>
    public EngineAvailability Engine => _transport.Engine;

    /// <inheritdoc/>
    public IContainerOperations Containers { get; }

    /// <inheritdoc/>
    public IImageOperations Images { get; }

    /// <inheritdoc/>
    public IVolumeOperations Volumes { get; }

    /// <inheritdoc/>
    public ISecretOperations Secrets { get; }

    /// <inheritdoc/>
    public ISystemOperations System { get; }

    /// <summary>Closes all connections. Calls under way fail.</summary>
    public void Dispose() => _transport.Dispose();
}
