namespace Stromboli.Podman;

/// <summary>
/// A Podman engine behind its libpod API (Podman 4.3.1 and later). A resource that does not exist is a value (null or false); every other
/// failure is a <see cref="PodmanException"/>.
/// </summary>
/// <remarks>
/// While nothing listens on the socket, a call waits until its token is cancelled. A call whose connection breaks is sent again if sending
/// it twice has the same result as sending it once. With <see cref="CancellationToken.None"/> a call never waits: it fails at once.
/// </remarks>
public interface IPodman
{
    /// <summary>Containers.</summary>
    IContainerOperations Containers { get; }

    /// <summary>Images.</summary>
    IImageOperations Images { get; }

    /// <summary>Volumes.</summary>
    IVolumeOperations Volumes { get; }

    /// <summary>Secrets.</summary>
    ISecretOperations Secrets { get; }

    /// <summary>The engine itself.</summary>
    ISystemOperations System { get; }
}
