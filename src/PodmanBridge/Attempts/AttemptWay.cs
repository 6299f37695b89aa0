using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>The way of one attempt while nothing ends it: prepared, held, let go, and on until its agent is over.</summary>
internal sealed class AttemptWay(
    AttemptState state,
    AttemptDirectory directory,
    AttemptSandbox sandbox,
    AttemptSignals signals,
    AttemptServices services,
    CancellationToken closing
)
{
    /// <summary>How long a started container may take until its shim calls.</summary>
    private static readonly TimeSpan HelloDeadline = TimeSpan.FromSeconds(15);

    private volatile AttemptSpec? _wanted;
    private volatile int _fate;

    /// <summary>Whether something of the tenant's may have run.</summary>
    public bool Released => _fate == Fate.Released;

    /// <summary>Takes care that nothing of the tenant's runs from now on; false if something may have run already.</summary>
    public bool TryWithdraw() => Interlocked.CompareExchange(ref _fate, Fate.Withdrawn, Fate.Open) != Fate.Released;

    /// <summary>Takes what is wanted now; null for no news.</summary>
    public void Want(AttemptSpec? spec) => _wanted = spec ?? _wanted;

    /// <summary>Goes the way, from wherever a former bridge left it, until nothing of the agent runs any more.</summary>
    /// <param name="adopted">Whether a former bridge began it.</param>
    /// <exception cref="RunRefusedException">It cannot go on here, for a typed reason.</exception>
    /// <exception cref="OperationCanceledException">A cause ended the attempt, or the bridge stops.</exception>
    public async Task GoAsync(bool adopted)
    {
        await sandbox.EnterSessionAsync(state.Ending);
        var found = adopted ? await sandbox.AdoptAsync(state.Ending) : FoundContainer.None;
        if (found == FoundContainer.Exited)
        {
            return;
        }

        if (found == FoundContainer.Lost)
        {
            throw new RunRefusedException(
                RunReason.NodeLost,
                "The node no longer knows how the attempt went: its log was lost after it had been let go."
            );
        }

        if (found == FoundContainer.None)
        {
            RefuseIf(_wanted is { } wanted ? AttemptStart.UnknownOption(wanted, services.Sandbox.CliVersion()) : null);
            RefuseIf(
                WorkspaceClone.Problem(_wanted is { } first ? services.Sandbox.Sessions.Left(first) : null, services.Sandbox),
                RunReason.GitCloneFailed
            );
            // Credentials come with Go alone, so a run that pulls with some is prepared after it; all others while their record is written.
            var pull = state.Record.Spec.PullsWithSecrets ? (await signals.Go.WaitAsync(state.Ending)).Secrets.PullCredentials : [];
            using var activity = BridgeTraces.Step("prepare", state.Record.Key);
            await sandbox.PrepareAsync(again: adopted, pull, state.Ending);
        }

        var heard = await Task.WhenAny(signals.Hello, signals.Over).WaitAsync(HelloDeadline, services.Clock, state.Ending);
        if (heard == signals.Over)
        {
            return;
        }

        var hello = await signals.Hello;
        await sandbox.CheckAsync(hello, state.Ending);
        signals.Believe();
        if (hello.State == ShimHello.Waiting)
        {
            await sandbox.CheckStorageAsync(state.Ending);
            state.Held();
        }
        else
        {
            _fate = Fate.Released;
            state.Released(withHooks: hello.State == ShimHello.Hooks);
        }

        await Task.WhenAny(signals.Go, signals.Over).WaitAsync(state.Ending);
        if (signals.Go.IsCompletedSuccessfully && !signals.Over.IsCompleted)
        {
            var (spec, secrets) = await signals.Go;
            await ReleaseAsync(hello, spec, secrets);
        }

        await signals.Over.WaitAsync(state.Ending);
    }

    private async Task ReleaseAsync(ShimHello hello, AttemptSpec spec, AttemptSecrets secrets)
    {
        // A link may bring what is wanted before its first grant, and without a lease no agent runs.
        await services.Lease.WaitAsync(state.Ending);
        sandbox.Admit(secrets.Credential);
        if (hello.State != ShimHello.Waiting)
        {
            return;
        }

        spec = services.Sandbox.Sessions.Left(spec);
        secrets = await services.Sandbox.Secrets.AddAsync(spec, secrets, state.Ending);
        RefuseIf(AttemptStart.UnknownOption(spec, services.Sandbox.CliVersion()) ?? AttemptStart.Problem(spec, secrets));
        if (!await new CloneStep(services, state, directory, signals).RunAsync(spec, secrets.Git, closing))
        {
            return;
        }

        if (Interlocked.CompareExchange(ref _fate, Fate.Released, Fate.Open) == Fate.Withdrawn)
        {
            return;
        }

        state.Released(withHooks: spec.Hooks.Count > 0);
        BridgeTraces.Mark("let go", state.Record.Key);
        sandbox.Shim!.Go(() => AttemptStart.Build(spec, secrets, services.Lease.Remaining));
    }

    private static class Fate
    {
        public const int Open = 0;
        public const int Released = 1;
        public const int Withdrawn = 2;
    }

    private static void RefuseIf(string? problem, RunReason reason = RunReason.InvalidSpec)
    {
        if (problem is not null)
        {
            throw new RunRefusedException(reason, problem);
        }
    }
}
