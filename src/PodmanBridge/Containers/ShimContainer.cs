using Stromboli.Crds.Runs;
using Stromboli.Gateway.Sockets;
using Stromboli.Podman;
using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Containers;

/// <inheritdoc cref="IShimContainer"/>
internal sealed partial class ShimContainer(
    ShimContainerIdentity identity,
    IContainerOperations engine,
    ConcurrencyLimit starts,
    INodeCapabilities capabilities,
    Func<int, FileIdentity, string?> checkFirstProcess,
    Func<TimeSpan> lease,
    TimeProvider clock,
    ILogger logger
) : IShimContainer, IShimReports
{
    private const UnixFileMode RunDirectoryMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>How often the bridge tries to create a container if the engine goes away meanwhile.</summary>
    private const int Tries = 3;

    private static readonly TimeSpan HelloDeadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EnginePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstLookPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestLookPause = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<ShimHello> _hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _trusted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closed = new();
    private readonly Lock _lock = new();
    private readonly HashSet<string> _dead = [];
    private string? _id;
    private ShimSocket? _socket;
    private volatile bool _connected;

    /// <inheritdoc/>
    public ISocketPeers Peers => new ContainerPeers(Socket.Pid);

    /// <inheritdoc/>
    public Task Over => _over.Task;

    private ShimSocket Socket => _socket ?? throw new InvalidOperationException("The container's socket is not open.");

    /// <inheritdoc/>
    public async Task<ContainerInspection?> FindAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await engine.InspectAsync(identity.Name, cancellationToken);
            }
            catch (PodmanException e) when (e.IsUnanswered)
            {
                await Task.Delay(EnginePause, clock, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public void Listen()
    {
        Directory.CreateDirectory(identity.RunDirectory);
        File.SetUnixFileMode(identity.RunDirectory, RunDirectoryMode);
        _socket = ShimSocket.Listen(identity.RunDirectory, pid => checkFirstProcess(pid, identity.Shim()), lease, this, logger);
    }

    /// <inheritdoc/>
    public async Task<ContainerInspection?> StartAsync(ShimContainerPlan plan, CancellationToken cancellationToken)
    {
        using var slot = await starts.EnterAsync(cancellationToken);
        try
        {
            if (plan.Replaces)
            {
                await engine.RemoveAsync(identity.Name, cancellationToken);
                File.Delete(identity.LogPath);
            }

            if (plan.MakeVolumesAsync is { } makeVolumes)
            {
                await makeVolumes(cancellationToken);
            }

            return await CreateAndStartAsync(plan.Spec, slot, cancellationToken);
        }
        catch (PodmanException e) when (e.IsConflict && !plan.Replaces)
        {
            // Only a bridge creates a container with this name. That bridge has lost its state since, and may have let the agent go.
            throw new RunRefusedException(
                RunReason.NodeLost,
                "The node lost the state of this attempt after it had created the container.",
                e
            );
        }
        catch (PodmanException e)
        {
            // If the engine cannot run any container, the operator must know before it places the next attempt.
            await capabilities.RecheckEngineAsync(cancellationToken);
            throw new RunRefusedException(
                RunReason.NodeUnfit,
                $"The node's engine could not start the {identity.Kind}: {e.PodmanMessage}",
                e
            );
        }
    }

    /// <inheritdoc/>
    public void Attach(ContainerInspection running)
    {
        SetID(running.ID);
        Socket.Expect(running.State!.Pid);
    }

    /// <inheritdoc/>
    public async Task<ShimHello?> HelloAsync(CancellationToken cancellationToken)
    {
        if (await FirstWordOrEndAsync(cancellationToken) != _hello.Task)
        {
            await _over.Task;
            return null;
        }

        var hello = await _hello.Task;
        DenyIf(FirstProcess.StateProblem(hello.State, identity.Released()));
        return hello;
    }

    /// <inheritdoc/>
    public void Trust(ShimHello hello, IEnumerable<(string Path, FileIdentity Identity)> opened)
    {
        DenyIf(ShimCheck.Mounts(hello.Mounts, opened));
        _trusted.TrySetResult();
    }

    /// <inheritdoc/>
    public void Go(Func<ShimGo> go) => Socket.Go(go);

    /// <inheritdoc/>
    public void RenewLease() => _socket?.RenewLease();

    /// <inheritdoc/>
    public void Stop(TimeSpan grace) => Socket.Stop(grace);

    /// <inheritdoc/>
    public void OnDied(string id)
    {
        lock (_lock)
        {
            // Events arrive late, and may concern an earlier container of the same attempt.
            _dead.Add(id);
            if (id == _id)
            {
                _over.TrySetResult();
            }
        }
    }

    /// <inheritdoc/>
    public async Task KillAsync(CancellationToken stopping)
    {
        while (!_over.Task.IsCompleted && !stopping.IsCancellationRequested)
        {
            try
            {
                // While the engine does not answer, the shim may still report the end.
                var kill = KillOnceAsync();
                if (await Task.WhenAny(kill, _over.Task) == kill)
                {
                    await kill;
                }

                return;
            }
            catch (Exception e) when (e is PodmanException or OperationCanceledException)
            {
                Log.NotKilled(logger, identity.Name, e.Message);
                await Task.WhenAny(_over.Task, Task.Delay(EnginePause, clock, stopping));
            }
        }
    }

    /// <inheritdoc/>
    public async Task<bool> WasOutOfMemoryAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(CallDeadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            // The kernel's mark is on the container's cgroup, and the engine reads it only once the container has ended.
            await engine.WaitAsync(identity.Name, either.Token);
            return await engine.InspectAsync(identity.Name, either.Token) is { State.OomKilled: true };
        }
        catch (Exception e) when (e is PodmanException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The shim's report of the end does not need the engine.
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await engine.RemoveAsync(identity.Name, cancellationToken);
        if (_socket is not null)
        {
            await DisposeAsync();
        }

        if (Directory.Exists(identity.RunDirectory))
        {
            Directory.Delete(identity.RunDirectory, recursive: true);
        }
    }

    /// <summary>Closes the shim's socket. A running container continues to run.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed.IsCancellationRequested)
        {
            return;
        }

        await _closed.CancelAsync();
        if (_socket is not null)
        {
            await _socket.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    async Task<bool> IShimReports.ConnectedAsync(ShimHello hello, CancellationToken cancellationToken)
    {
        identity.Connected?.Invoke();
        _hello.TrySetResult(hello);
        await _trusted.Task.WaitAsync(cancellationToken);
        if (FirstProcess.StateProblem(hello.State, identity.Released()) is { } problem)
        {
            Deny(problem);
            return false;
        }

        _connected = true;
        if (hello.State == ShimHello.Running)
        {
            // The report of the start may have been lost with the previous connection.
            identity.Started?.Invoke(hello.Record?.Hooks);
        }

        return true;
    }

    /// <inheritdoc/>
    void IShimReports.Denied(string problem) => Deny(problem);

    /// <inheritdoc/>
    void IShimReports.Started(ShimStarted started) => identity.Started?.Invoke(started.Hooks);

    /// <inheritdoc/>
    void IShimReports.Exited(ShimExit exit) => _over.TrySetResult();

    /// <inheritdoc/>
    void IShimReports.Failed(ShimFailure failure) => _over.TrySetResult();

    /// <inheritdoc/>
    void IShimReports.Disconnected()
    {
        _connected = false;
        // A shim closes its connection after its last message, so there is nothing to find out.
        if (!_over.Task.IsCompleted && !_closed.IsCancellationRequested)
        {
            _ = LookUntilConnectedOrOverAsync();
        }
    }

    private static RunRefusedException Denied(string problem) =>
        new(RunReason.PolicyDenied, $"The container is not the one that the bridge created: {problem}.");

    private static void DenyIf(string? problem)
    {
        if (problem is not null)
        {
            throw Denied(problem);
        }
    }

    private static void DenyIf(IReadOnlyList<string> differences)
    {
        if (differences.Count > 0)
        {
            throw new RunRefusedException(
                RunReason.PolicyDenied,
                $"The node's engine did not create the container as requested: {string.Join("; ", differences.Take(3))}. "
                    + "Look at the node's containers.conf."
            );
        }
    }

    private async Task<Task> FirstWordOrEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Task.WhenAny(_hello.Task, _over.Task).WaitAsync(HelloDeadline, clock, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"its shim did not call within {HelloDeadline.TotalSeconds:0} s", e);
        }
    }

    private void Deny(string problem)
    {
        var denied = Denied(problem);
        _ = _hello.TrySetException(denied) || _over.TrySetException(denied);
    }

    private void SetID(string id)
    {
        lock (_lock)
        {
            _id = id;
            if (_dead.Contains(id))
            {
                _over.TrySetResult();
            }
        }
    }

    private async Task<ContainerInspection?> CreateAndStartAsync(
        SpecGenerator desired,
        IDisposable slot,
        CancellationToken cancellationToken
    )
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await CreateAndStartOnceAsync(desired, slot, cancellationToken);
            }
            catch (PodmanException e) when (e.Interrupted && tries < Tries)
            {
                // The engine went away in the middle of a call and cannot continue with what it left. Nothing has run in the container,
                // because its shim waits.
                await engine.RemoveAsync(desired.Name, cancellationToken);
                File.Delete(desired.Log.Path);
            }
        }
    }

    // A call that changes something is never cancelled halfway, since the engine would continue it. Cancellation takes effect only between
    // two calls.
    private async Task<ContainerInspection?> CreateAndStartOnceAsync(
        SpecGenerator desired,
        IDisposable slot,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        SetID(await engine.CreateAsync(desired, cancellationToken));
        var created = await engine.InspectAsync(desired.Name, cancellationToken);
        DenyIf(created is null ? ["it is gone"] : ContainerSpecCheck.Compare(desired, created));
        await engine.StartAsync(desired.Name, cancellationToken);
        // The remaining calls only read.
        slot.Dispose();
        var started = await engine.InspectAsync(desired.Name, cancellationToken);
        if (started?.State is not { Pid: > 0 and var pid })
        {
            _over.TrySetResult();
            return null;
        }

        // The runtime's configuration can be read only from now on. The bridge listens to the shim after it has checked the configuration.
        DenyIf(await OciConfigCheck.CompareAsync(desired, started, cancellationToken));
        Socket.Expect(pid);
        return started;
    }

    private async Task KillOnceAsync()
    {
        using var deadline = new CancellationTokenSource(CallDeadline, clock);
        await engine.KillAsync(identity.Name, "SIGKILL", deadline.Token);
        await engine.WaitAsync(identity.Name, deadline.Token);
    }

    // A living shim connects again. If the shim is dead, the engine reports that. This asks the engine too, because its events can get
    // lost.
    private async Task LookUntilConnectedOrOverAsync()
    {
        using var deadline = new CancellationTokenSource(CallDeadline, clock);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _closed.Token);
            for (var pause = FirstLookPause; !_over.Task.IsCompleted && !_connected; pause = Longer(pause))
            {
                if (await engine.InspectAsync(identity.Name, either.Token) is not { State.Running: true })
                {
                    _over.TrySetResult();
                    return;
                }

                await Task.Delay(pause, clock, either.Token);
            }
        }
        catch (Exception e) when (e is PodmanException or OperationCanceledException)
        {
            // An engine that does not answer says nothing about the container. Its events or the attempt's deadline end the wait.
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => 2 * pause < LongestLookPause ? 2 * pause : LongestLookPause;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The container {Container} could not be killed, retrying: {Error}")]
        public static partial void NotKilled(ILogger logger, string container, string error);
    }
}
