using Stromboli.Gateway.Sockets;
using Stromboli.Gateway.Tests.Harness;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Attempts;

/// <summary>The one container of an attempt, and the behaviour of its shim. The container outlives the bridges that a test kills.</summary>
internal sealed class FakeContainer(string logPath)
{
    private readonly Lock _lock = new();
    private readonly List<TaskCompletionSource> _watched = [];

    /// <summary>Whether the container exists in the engine.</summary>
    public bool Exists { get; private set; }

    /// <summary>Whether the shim lives.</summary>
    public bool Running { get; private set; }

    /// <summary>The state that the shim reports.</summary>
    public string Shim { get; private set; } = ShimHello.Waiting;

    /// <summary>How often an agent was started, in any container.</summary>
    public int AgentsStarted { get; private set; }

    /// <summary>Whether an agent was let go without a record of it.</summary>
    public bool WasLetGoUnrecorded { get; private set; }

    /// <summary>Whether the engine hangs in the middle of a call, which is never given up.</summary>
    public bool EngineHangs { get; init; }

    /// <summary>Completes when the engine has finished starting the container.</summary>
    public TaskCompletionSource Starting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the shim calls.</summary>
    public TaskCompletionSource Calling { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Create()
    {
        lock (_lock)
        {
            (Exists, Running, Shim) = (true, true, ShimHello.Waiting);
            File.WriteAllText(logPath, "");
        }
    }

    public void Watch(TaskCompletionSource over)
    {
        lock (_lock)
        {
            _watched.Add(over);
        }
    }

    public bool Go(bool isRecorded)
    {
        lock (_lock)
        {
            WasLetGoUnrecorded |= !isRecorded;
            if (!Running || Shim != ShimHello.Waiting)
            {
                return false;
            }

            AgentsStarted++;
            Shim = ShimHello.Running;
            Append("""r{"t":"started","pid":2}""", "odone");
            return true;
        }
    }

    /// <summary>The agent ends, and its shim reports it.</summary>
    public void Exit(string by = "agent")
    {
        lock (_lock)
        {
            if (Running && Shim == ShimHello.Running)
            {
                Append($$"""r{"t":"exited","code":0,"by":"{{by}}","stdoutBytes":5,"stderrBytes":0}""");
            }
        }

        Die();
    }

    /// <summary>The container dies without a report.</summary>
    public void Die()
    {
        TaskCompletionSource[] watched;
        lock (_lock)
        {
            Running = false;
            watched = [.. _watched];
        }

        foreach (var over in watched)
        {
            over.TrySetResult();
        }
    }

    public void Remove()
    {
        Die();
        lock (_lock)
        {
            Exists = false;
            _watched.Clear();
        }
    }

    private void Append(params string[] lines) =>
        File.AppendAllText(logPath, string.Concat(lines.Select(line => $"2026-01-02T03:04:05.000000006+00:00 stdout F {line}\n")));
}

/// <summary>Whether a bridge lives. Anything that a killed bridge still tries has no effect.</summary>
internal sealed class BridgeLife
{
    private volatile bool _dead;

    public bool IsDead => _dead;

    public void Kill() => _dead = true;

    /// <summary>Never completes for a dead bridge.</summary>
    public Task AliveAsync() => _dead ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System) : Task.CompletedTask;

    public void Demand()
    {
        if (_dead)
        {
            throw new BridgeKilledException();
        }
    }
}

/// <summary>The bridge is gone. Nothing after this happened.</summary>
internal sealed class BridgeKilledException : Exception;

/// <summary>Containers as one bridge sees them.</summary>
internal sealed class FakeShimContainers(FakeContainer container, BridgeLife life) : IShimContainers
{
    public IShimContainer Create(ShimContainerIdentity identity) => new Seen(identity, container, life);

    private sealed class Seen(ShimContainerIdentity identity, FakeContainer container, BridgeLife life) : IShimContainer
    {
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ISocketPeers Peers => FixedPeers.Everybody;

        public Task Over => _over.Task;

        public async Task<ContainerInspection?> FindAsync(CancellationToken cancellationToken)
        {
            await life.AliveAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return container.Exists ? Inspection() : null;
        }

        public void Listen()
        {
            life.Demand();
            Directory.CreateDirectory(identity.RunDirectory);
        }

        public async Task<ContainerInspection?> StartAsync(ShimContainerPlan plan, CancellationToken cancellationToken)
        {
            await container.Starting.Task.WaitAsync(container.EngineHangs ? CancellationToken.None : cancellationToken);
            await life.AliveAsync();
            if (plan.Replaces)
            {
                container.Remove();
                File.Delete(identity.LogPath);
            }
            else if (container.Exists)
            {
                throw new RunRefusedException(Crds.Runs.RunReason.NodeLost, "The container is there already.");
            }

            await plan.MakeVolumesAsync!(cancellationToken);
            container.Create();
            container.Watch(_over);
            return Inspection();
        }

        public void Attach(ContainerInspection running)
        {
            life.Demand();
            container.Watch(_over);
            if (!container.Running)
            {
                _over.TrySetResult();
            }
        }

        public async Task<ShimHello?> HelloAsync(CancellationToken cancellationToken)
        {
            await Task.WhenAny(container.Calling.Task, _over.Task).WaitAsync(cancellationToken);
            await life.AliveAsync();
            return container.Running ? new ShimHello { State = container.Shim, Mounts = [] } : null;
        }

        public void Trust(ShimHello hello, IEnumerable<(string Path, FileIdentity Identity)> opened)
        {
            life.Demand();
            if (hello.State == ShimHello.Running)
            {
                identity.Started!(null);
            }
        }

        public void Go(Func<ShimGo> go)
        {
            life.Demand();
            if (container.Go(identity.Released()))
            {
                _ = Task.Run(() => identity.Started!(null));
            }
        }

        public void RenewLease()
        {
            // This shim has no clock.
        }

        public void Stop(TimeSpan grace)
        {
            life.Demand();
            container.Exit("stop");
        }

        public void OnDied(string id) => container.Die();

        public async Task KillAsync(CancellationToken stopping)
        {
            await life.AliveAsync();
            container.Die();
        }

        public Task<bool> WasOutOfMemoryAsync(CancellationToken cancellationToken) => Task.FromResult(false);

        public async Task RemoveAsync(CancellationToken cancellationToken)
        {
            await life.AliveAsync();
            container.Remove();
            if (Directory.Exists(identity.RunDirectory))
            {
                Directory.Delete(identity.RunDirectory, recursive: true);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private ContainerInspection Inspection() =>
            new()
            {
                ID = identity.Name,
                State = new ContainerState
                {
                    Running = container.Running,
                    Pid = 1,
                    StartedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
                },
            };
    }
}
