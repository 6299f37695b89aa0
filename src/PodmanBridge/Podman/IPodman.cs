namespace Stromboli.PodmanBridge.Podman;

/// <summary>
/// A node's Podman, by its libpod API (Podman 4.3.1 and later). What is not there is a value; every other failure is a <see cref="PodmanException"/>.
/// </summary>
internal interface IPodman
{
    IContainerOperations Containers { get; }

    IImageOperations Images { get; }

    IVolumeOperations Volumes { get; }

    ISecretOperations Secrets { get; }

    ISystemOperations System { get; }
}
