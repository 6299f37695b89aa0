namespace Stromboli.Podman;

/// <summary>
/// A node's Podman, by its libpod API (Podman 4.3.1 and later). What is not there is a value; every other failure is a
/// <see cref="PodmanException"/>. A call waits for an engine that is away until its token is cancelled, and is sent again where a torn
/// connection lost the answer; with <see cref="CancellationToken.None"/> it fails at once.
/// </summary>
internal interface IPodman
{
    IContainerOperations Containers { get; }

    IImageOperations Images { get; }

    IVolumeOperations Volumes { get; }

    ISecretOperations Secrets { get; }

    ISystemOperations System { get; }
}
