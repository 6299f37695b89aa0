using Stromboli.Crds.Runs;
using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Makes and starts a container, and compares with what was meant what the engine and the runtime made of it, before its shim is listened
/// to.
/// </summary>
internal static class CheckedStart
{
    /// <summary>How many times a container is made whose engine went away meanwhile.</summary>
    private const int Tries = 3;

    /// <summary>
    /// Makes and starts. A call that changes something is never given up half way: the engine would go on with it behind our back. Between
    /// two calls it may end.
    /// </summary>
    /// <param name="containers">The engine.</param>
    /// <param name="wanted">What it is asked for.</param>
    /// <param name="shim">Where the container's shim will call.</param>
    /// <param name="slot">The right to start one; given back as soon as the container is started, since what follows only looks.</param>
    /// <param name="known">Called with the container's id once it is made.</param>
    /// <param name="cancellationToken">Gives up; what was made stays.</param>
    /// <exception cref="RunRefusedException">It is another container than was meant.</exception>
    /// <exception cref="PodmanException">The engine could not do it.</exception>
    /// <returns>What the engine says of the running container; null if it does not run any more.</returns>
    public static async Task<ContainerInspection?> MakeAsync(
        IContainerOperations containers,
        SpecGenerator wanted,
        ShimSocket shim,
        IDisposable slot,
        Action<string> known,
        CancellationToken cancellationToken
    )
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await MakeOnceAsync(containers, wanted, shim, slot, known, cancellationToken);
            }
            catch (PodmanException e) when (e.Interrupted && tries < Tries)
            {
                // The engine went away in the middle of a call and cannot go on with what it left. Nothing of the tenant's runs in it: its
                // shim waits.
                await containers.RemoveAsync(wanted.Name, cancellationToken);
                File.Delete(wanted.Log.Path);
            }
        }
    }

    private static async Task<ContainerInspection?> MakeOnceAsync(
        IContainerOperations containers,
        SpecGenerator wanted,
        ShimSocket shim,
        IDisposable slot,
        Action<string> known,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        known(await containers.CreateAsync(wanted, cancellationToken));
        var made = await containers.InspectAsync(wanted.Name, cancellationToken);
        RefuseIf(made is null ? ["it is gone"] : ContainerSpecCheck.Compare(wanted, made));
        await containers.StartAsync(wanted.Name, cancellationToken);
        slot.Dispose();
        return await ExpectShimAsync(containers, wanted, shim, cancellationToken);
    }

    // Until a shim is expected none is listened to: what the runtime was told is checked before that, since only now is it there to be
    // read.
    private static async Task<ContainerInspection?> ExpectShimAsync(
        IContainerOperations containers,
        SpecGenerator wanted,
        ShimSocket shim,
        CancellationToken cancellationToken
    )
    {
        var started = await containers.InspectAsync(wanted.Name, cancellationToken);
        if (started?.State is not { Pid: > 0 and var pid })
        {
            return null;
        }

        RefuseIf(await OciConfigCheck.CompareAsync(wanted, started, cancellationToken));
        shim.Expect(pid);
        return started;
    }

    private static void RefuseIf(IReadOnlyList<string> differences)
    {
        if (differences.Count > 0)
        {
            throw new RunRefusedException(
                RunReason.PolicyDenied,
                $"The node's engine made another container than was meant: {string.Join("; ", differences.Take(3))}. Look at the node's containers.conf."
            );
        }
    }
}
