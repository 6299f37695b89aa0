using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>What one attempt waits for, whoever brings it first: the operator's go, the shim's call, the end.</summary>
internal sealed class AttemptSignals(AttemptState state, Action shimLost) : IShimReports
{
    private readonly TaskCompletionSource<(AttemptSpec Spec, AttemptSecrets Secrets)> _go = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly ShimGate _gate = new(() => state.Record.Released);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly HashSet<string> _dead = [];
    private string? _container;

    /// <summary>The operator has the attempt on record, and lets it run.</summary>
    public Task<(AttemptSpec Spec, AttemptSecrets Secrets)> Go => _go.Task;

    /// <summary>
    /// The shim has called for the first time; fails with an <see cref="RunRefusedException"/> if it is not the shim that called.
    /// </summary>
    public Task<ShimHello> Hello => _gate.Hello;

    /// <summary>Nothing of the agent runs any more, by the shim's or the engine's word. Fails as <see cref="Hello"/> does.</summary>
    public Task Over => _over.Task;

    /// <summary>The container is what was meant: what its shim says counts from now on.</summary>
    public void Believe() => _gate.Open();

    /// <summary>The operator lets it run.</summary>
    public void SetGo(AttemptSpec spec, AttemptSecrets secrets) => _go.TrySetResult((spec, secrets));

    /// <summary>The engine says that the container does not run.</summary>
    public void SetOver() => _over.TrySetResult();

    /// <summary>This is the agent's container, by the engine's id.</summary>
    public void SetContainer(string id)
    {
        lock (_lock)
        {
            _container = id;
            if (_dead.Contains(id))
            {
                SetOver();
            }
        }
    }

    /// <summary>
    /// The engine says that a container of this attempt has died. That is the agent's end only if it is the agent's container: an attempt
    /// that was taken back and wanted anew has had another one before, and events come late.
    /// </summary>
    public void SetDead(string id)
    {
        lock (_lock)
        {
            _dead.Add(id);
            if (id == _container)
            {
                SetOver();
            }
        }
    }

    /// <inheritdoc/>
    public async Task<bool> ConnectedAsync(ShimHello hello, CancellationToken cancellationToken)
    {
        BridgeTraces.Mark("shim connected", state.Record.Key);
        if (await _gate.PassAsync(hello, cancellationToken) is { } problem)
        {
            Denied(problem);
            return false;
        }

        if (hello.State == ShimHello.Running)
        {
            // Also when the report of the start was lost with the connection before.
            state.Started(HookReports.OfStarted(hello.Record?.Hooks));
        }

        return true;
    }

    /// <inheritdoc/>
    public void Denied(string problem) => _gate.Deny(problem, _over);

    /// <inheritdoc/>
    public void Started(ShimStarted started)
    {
        BridgeTraces.Mark("agent started", state.Record.Key);
        state.Started(HookReports.OfStarted(started.Hooks));
    }

    /// <inheritdoc/>
    public void Exited(ShimExit exit) => _over.TrySetResult();

    /// <inheritdoc/>
    public void Failed(ShimFailure failure) => _over.TrySetResult();

    /// <inheritdoc/>
    public void Disconnected()
    {
        // A shim that has said its last word goes away: nobody need be asked what became of it.
        if (!_over.Task.IsCompleted)
        {
            shimLost();
        }
    }
}
