using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// The step between an attempt's <c>Go</c> and that of its shim: the clone of its workspace, if it has one and it is not there yet.
/// </summary>
internal sealed class CloneStep(AttemptServices services, AttemptState state, AttemptDirectory directory, AttemptSignals signals)
{
    /// <summary>Clones.</summary>
    /// <param name="spec">What runs.</param>
    /// <param name="credential">What the repository's server is shown.</param>
    /// <param name="closing">The bridge stops: the next one starts the clone over.</param>
    /// <returns>Whether the agent may start; false if its container died meanwhile.</returns>
    /// <exception cref="RunRefusedException">There is no clone.</exception>
    /// <exception cref="OperationCanceledException">The attempt or the bridge ended before.</exception>
    public async Task<bool> RunAsync(AttemptSpec spec, GitCredential? credential, CancellationToken closing)
    {
        // After a loss of power what was written last may be missing, and no agent can have started on it: it is cloned again.
        if (spec.Git is null || state.Record.ClonedInBoot == services.BootID)
        {
            return true;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(state.Ending, closing);
        var clone = new WorkspaceClone(state.Record, directory, services.Sandbox, () => services.Lease.Remaining).RunAsync(
            spec,
            credential,
            closing,
            ended.Token
        );
        if (await Task.WhenAny(clone, signals.Over) == clone)
        {
            await clone;
            state.Cloned();
            return true;
        }

        await ended.CancelAsync();
        await clone.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        state.Ending.ThrowIfCancellationRequested();
        closing.ThrowIfCancellationRequested();
        return false;
    }
}
