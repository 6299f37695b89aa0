using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.SimulatedNodes;

/// <summary>
/// A node without a machine. It speaks the node link as a bridge does, and reports each attempt as a bridge reports an agent that runs for
/// a while and succeeds. For cases that need more nodes than a machine can hold.
/// </summary>
public sealed class SimulatedNode : IAsyncDisposable
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string UID, int Attempt), SimulatedAttempt> _attempts = new();
    private readonly ConcurrentQueue<string> _started = new();
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly MessageChannel<BridgeMessage, OperatorMessage> _channel;
    private readonly SimulatedNodeOptions _options;
    private readonly Task _working;
    private readonly Lock _counting = new();
    private Totals _now;
    private Totals _most;
    private bool _disposed;

    private SimulatedNode(
        string name,
        MessageChannel<BridgeMessage, OperatorMessage> channel,
        StreamSender streams,
        SimulatedNodeOptions options
    )
    {
        Name = name;
        Streams = streams;
        _channel = channel;
        _options = options;
        _working = Task.WhenAll(ReceiveAsync(), PingAsync());
    }

    /// <summary>What the attempts of a moment take together.</summary>
    /// <param name="Runs">How many there were.</param>
    /// <param name="CpuMillis">Processor time, in thousandths of a processor.</param>
    /// <param name="MemoryBytes">Memory, in bytes.</param>
    public readonly record struct Totals(int Runs, long CpuMillis, long MemoryBytes);

    /// <summary>The node's name.</summary>
    public string Name { get; }

    /// <summary>Sends streams of the node.</summary>
    public StreamSender Streams { get; }

    /// <summary>
    /// The most of each that attempts ever took at once. An attempt counts from when the node heard of it until it reported the end.
    /// </summary>
    public Totals Most
    {
        get
        {
            lock (_counting)
            {
                return _most;
            }
        }
    }

    /// <summary>The UIDs of the runs whose agents run now.</summary>
    public IReadOnlyList<string> Running =>
        [.. _attempts.Values.Where(attempt => attempt.Stage == AttemptStage.Running).Select(attempt => attempt.UID)];

    /// <summary>The UIDs of the runs whose agents were started, in that order.</summary>
    public IReadOnlyCollection<string> Started => _started;

    /// <summary>Dials the stack's operator as a node that has its grants, and waits for a lease.</summary>
    public static async Task<SimulatedNode> JoinAsync(
        Stack stack,
        string name,
        SimulatedNodeOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(stack);
        var token = await NodeGrant.TokenAsync(stack.ControlPlane, name, cancellationToken);
        var published = await stack.Http.GetAsync(
            $"/api/v1/namespaces/{OperatorProcess.Namespace}/configmaps/stromboli-ca",
            cancellationToken
        );
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(published!["data"]!["ca.crt"]!.ToString());
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{stack.Operator.HubPort}"));
        options ??= new();
        var channel = await NodeLinkClient.ConnectAsync(address, name, token, authorities, cancellationToken);
        channel.TrySend(
            new Hello
            {
                Schema = NodeLinkProtocol.Schema,
                Node = name,
                SeenEpoch = 0,
                Facts = options.Facts(),
            }
        );
        channel.TrySend(new Ping { PingID = 1 });
        channel.TrySend(new ObservedSnapshot { Attempts = [], Complete = true });
        var node = new SimulatedNode(name, channel, new StreamSender(address, name, token, authorities), options);
        await node._joined.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
        return node;
    }

    /// <summary>Makes the node's grants and joins the node.</summary>
    public static async Task<SimulatedNode> GrantAndJoinAsync(
        Stack stack,
        string name,
        SimulatedNodeOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(stack);
        await NodeGrant.EnsureAsync(stack.ControlPlane, name, new Dictionary<string, string>(), cancellationToken);
        return await JoinAsync(stack, name, options, cancellationToken);
    }

    /// <summary>Makes and joins nodes named <c>sim-1</c>, <c>sim-2</c>, …, several at a time.</summary>
    public static async Task<IReadOnlyList<SimulatedNode>> JoinAsync(
        Stack stack,
        int count,
        SimulatedNodeOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var nodes = new SimulatedNode[count];
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken },
            async (i, stop) =>
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"sim-{i + 1}");
                nodes[i] = await GrantAndJoinAsync(stack, name, options, stop);
            }
        );
        return nodes;
    }

    /// <summary>Ends the agent of a run that runs here.</summary>
    /// <returns>False if there is none.</returns>
    public bool Finish(string uid)
    {
        if (_attempts.Values.FirstOrDefault(attempt => attempt.UID == uid && attempt.Stage == AttemptStage.Running) is not { } attempt)
        {
            return false;
        }

        End(attempt, RunReason.Completed);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stop.CancelAsync();
        await _channel.DisposeAsync();
        await _working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Streams.Dispose();
        _stop.Dispose();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                Take(await _channel.ReceiveAsync(_stop.Token));
            }
        }
        catch (Exception e)
        {
            _joined.TrySetException(e);
            throw;
        }
    }

    private async Task PingAsync()
    {
        for (var id = 2L; !_stop.IsCancellationRequested; id++)
        {
            await Task.Delay(PingEvery, _stop.Token);
            _channel.TrySend(new Ping { PingID = id });
        }
    }

    private void Take(OperatorMessage message)
    {
        switch (message)
        {
            case LeaseGrant:
                _joined.TrySetResult();
                break;
            case Refused refused:
                throw new InvalidOperationException($"{Name} is refused: {refused.Message}");
            case OpenStream open:
                _options.OnStream?.Invoke(open);
                break;
            case Desired desired:
                Take(desired.Attempt);
                break;
            case DesiredSnapshot snapshot:
                foreach (var desired in snapshot.Attempts)
                {
                    Take(desired);
                }

                break;
        }
    }

    private void Take(DesiredAttempt desired)
    {
        var key = (desired.UID, desired.Attempt);
        switch (desired.State)
        {
            case DesiredState.Hold when !_attempts.ContainsKey(key):
                Report(Begin(key, desired.Spec!), AttemptStage.Held);
                break;
            case DesiredState.Go:
                var attempt = _attempts.TryGetValue(key, out var known) ? known : Begin(key, desired.Spec!);
                if (attempt.Stage < AttemptStage.Running)
                {
                    _ = RunAsync(attempt);
                }

                break;
            case DesiredState.Stop when _attempts.TryGetValue(key, out var stopped) && stopped.Stage != AttemptStage.Ended:
                End(stopped, RunReason.Cancelled);
                break;
            case DesiredState.Collected
            or DesiredState.Absent when _attempts.TryRemove(key, out var gone) && gone.Stage != AttemptStage.Ended:
                Count(gone, -1);
                break;
        }
    }

    private SimulatedAttempt Begin((string UID, int Attempt) key, AttemptSpec spec)
    {
        var attempt = new SimulatedAttempt(key.UID, key.Attempt, spec);
        _attempts[key] = attempt;
        Count(attempt, 1);
        return attempt;
    }

    private async Task RunAsync(SimulatedAttempt attempt)
    {
        _started.Enqueue(attempt.UID);
        Report(attempt, AttemptStage.Running);
        if (_options.RunsFor is not { } time)
        {
            return;
        }

        if (time > TimeSpan.Zero)
        {
            await Task.Delay(time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        End(attempt, RunReason.Completed);
    }

    private void End(SimulatedAttempt attempt, RunReason reason)
    {
        if (!attempt.TryEnd())
        {
            return;
        }

        Count(attempt, -1);
        _channel.TrySend(new Observed { Attempt = attempt.Observation(reason) });
    }

    private void Report(SimulatedAttempt attempt, AttemptStage stage)
    {
        attempt.Stage = stage;
        _channel.TrySend(new Observed { Attempt = attempt.Observation(RunReason.Completed) });
    }

    private void Count(SimulatedAttempt attempt, int sign)
    {
        lock (_counting)
        {
            _now = new Totals(
                _now.Runs + sign,
                _now.CpuMillis + (sign * attempt.Spec.CpuMillis),
                _now.MemoryBytes + (sign * attempt.Spec.MemoryBytes)
            );
            _most = new Totals(
                Math.Max(_most.Runs, _now.Runs),
                Math.Max(_most.CpuMillis, _now.CpuMillis),
                Math.Max(_most.MemoryBytes, _now.MemoryBytes)
            );
        }
    }
}
