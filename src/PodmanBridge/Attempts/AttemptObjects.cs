using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>What engine and node have of one attempt, found by its names alone: container, clone, volumes, run directory.</summary>
internal sealed class AttemptObjects(AttemptKey key, SandboxServices services)
{
    private static readonly TimeSpan EnginePause = TimeSpan.FromSeconds(1);

    /// <summary>What they are called.</summary>
    public ContainerNames Names { get; } = ContainerNames.Of(services.Installation(), key.UID, key.Attempt);

    /// <summary>Where the attempt's sockets are.</summary>
    public string RunDirectory { get; } = RunDirectoryOf(key, services);

    /// <summary>Where an attempt's sockets are.</summary>
    public static string RunDirectoryOf(AttemptKey key, SandboxServices services) => Path.Combine(services.RunRoot, key.ToString());

    /// <summary>
    /// What the engine says of the container; null if there is none. Waits for an engine that does not answer: an agent may be running in
    /// it.
    /// </summary>
    /// <exception cref="PodmanException">The engine answered, and cannot say.</exception>
    public async Task<ContainerInspection?> FindAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await services.Podman.Containers.InspectAsync(Names.Container, cancellationToken);
            }
            catch (PodmanException e) when (e.IsUnanswered)
            {
                await Task.Delay(EnginePause, services.Clock, cancellationToken);
            }
        }
    }

    /// <summary>Whether the engine says that the container runs; true also when it cannot be asked.</summary>
    public async Task<bool> IsRunningAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await services.Podman.Containers.InspectAsync(Names.Container, cancellationToken) is { State.Running: true };
        }
        catch (Exception e) when (e is PodmanException or OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>Kills the container's first process and with it all others, and waits until they are gone.</summary>
    /// <exception cref="PodmanException">The engine could not do it.</exception>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        await services.Podman.Containers.KillAsync(Names.Container, "SIGKILL", cancellationToken);
        await services.Podman.Containers.WaitAsync(Names.Container, cancellationToken);
    }

    /// <summary>Removes the container; false if there was none.</summary>
    /// <exception cref="PodmanException">The engine could not do it.</exception>
    public Task<bool> RemoveContainerAsync(CancellationToken cancellationToken) =>
        services.Podman.Containers.RemoveAsync(Names.Container, cancellationToken);

    /// <summary>Removes what clones the workspace, if that is under way.</summary>
    /// <exception cref="PodmanException">The engine could not do it.</exception>
    public Task RemoveCloneAsync(CancellationToken cancellationToken) => WorkspaceClone.RemoveAsync(services, key, cancellationToken);

    /// <summary>Removes workspace and HOME. The container must be gone.</summary>
    /// <exception cref="PodmanException">The engine could not do it.</exception>
    public async Task RemoveVolumesAsync(CancellationToken cancellationToken)
    {
        foreach (var volume in Names.Volumes)
        {
            await services.Podman.Volumes.RemoveAsync(volume, cancellationToken);
        }
    }

    /// <summary>Removes the directory of the sockets, if it is there.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void RemoveRunDirectory()
    {
        if (Directory.Exists(RunDirectory))
        {
            Directory.Delete(RunDirectory, recursive: true);
        }
    }
}
