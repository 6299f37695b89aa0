using System.Diagnostics;
using System.Globalization;
using Stromboli.Bench.Runs;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Containers;
using Stromboli.Testbed.Nodes;

namespace Stromboli.Bench.NodeThroughput;

/// <summary>
/// The baseline: creates, starts, awaits and removes, through libpod on the same node, the container that the bridge would ask for. Its
/// first process is <c>true</c> itself, without a shim, a log or an operator.
/// </summary>
internal sealed class LibpodCycles : IDisposable
{
    private const string State = "/home/node/stromboli/state/sandbox";
    private const string Files = "/home/node/bench";
    private const int FirstUser = 40_000;

    private readonly PodmanNode _node;
    private readonly PodmanTransport _transport;
    private readonly ContainerOperations _containers;
    private readonly VolumeOperations _volumes;
    private int _made;

    /// <summary>Prepares the baseline on a node.</summary>
    public LibpodCycles(PodmanNode node)
    {
        _node = node;
        _transport = new PodmanTransport(node.Podman.SocketPath, TimeProvider.System);
        _containers = new ContainerOperations(_transport);
        _volumes = new VolumeOperations(_transport);
    }

    /// <summary>
    /// Makes a number of cycles, several at a time. Removes the volumes after the measurement, since those of a run stay until its TTL.
    /// </summary>
    /// <returns>Cycles a second.</returns>
    public async Task<double> RunAsync(int count, int parallel, CancellationToken cancellationToken)
    {
        var image = (await _node.PodmanAsync("image", "inspect", "--format", "{{.Id}}", BenchRuns.Image)).Trim();
        var inputs = Enumerable.Range(0, count).Select(_ => Inputs(image)).ToList();
        await _node.RunAsync(["mkdir", "-p", .. inputs.Select(input => input.RunDirectory)], cancellationToken: cancellationToken);
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            inputs,
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
            CycleAsync
        );
        var rate = count / watch.Elapsed.TotalSeconds;
        foreach (var names in inputs.Select(NamesOf))
        {
            await _volumes.RemoveAsync(names.Workspace, cancellationToken);
            await _volumes.RemoveAsync(names.Home, cancellationToken);
        }

        return rate;
    }

    /// <summary>Whether the node has no container at all.</summary>
    public async Task<bool> HasNoContainersAsync(CancellationToken cancellationToken) =>
        (await _containers.ListAsync(new Dictionary<string, string>(), cancellationToken)).Count == 0;

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    private async ValueTask CycleAsync(ContainerInputs inputs, CancellationToken cancellationToken)
    {
        var spec = ContainerSpec.Build(Spec, inputs) with { Entrypoint = ["/bin/true"] };
        var names = NamesOf(inputs);
        await Task.WhenAll(
            _volumes.CreateAsync(names.Workspace, spec.Labels, inputs.User.VolumeOwner, cancellationToken),
            _volumes.CreateAsync(names.Home, spec.Labels, inputs.User.VolumeOwner, cancellationToken)
        );
        await _containers.CreateAsync(spec, cancellationToken);
        await _containers.StartAsync(spec.Name, cancellationToken);
        // Podman polls every 250 ms unless it is told otherwise.
        var wait = PodmanRequest.Post($"containers/{spec.Name}/wait?condition=stopped&condition=exited&interval=10ms");
        (await _transport.SendAsync(wait, cancellationToken)).OrThrow();
        await _containers.RemoveAsync(spec.Name, cancellationToken);
    }

    private static AttemptSpec Spec { get; } =
        new()
        {
            Namespace = BenchRuns.Namespace,
            Name = "by-hand",
            Image = BenchRuns.Image,
            ImagePullPolicy = ImagePullPolicy.IfNotPresent,
            Command = ["true"],
            MountPath = "/workspace",
            Workdir = "/workspace",
            MemoryBytes = 16 << 20,
            CpuMillis = 10,
            Pids = 256,
            TimeoutMs = 1_800_000,
            StatusBytes = 16 * 1024,
            LogBytes = 64 << 20,
            SessionID = "",
        };

    private static ContainerNames NamesOf(ContainerInputs inputs) => ContainerNames.Of(inputs.Installation, inputs.UID, inputs.Attempt);

    private ContainerInputs Inputs(string image)
    {
        var uid = string.Create(CultureInfo.InvariantCulture, $"by-hand-{++_made}");
        return new ContainerInputs
        {
            Installation = "bench",
            Node = _node.Name,
            UID = uid,
            Attempt = 1,
            User = new AgentUser(FirstUser + _made, FirstUser + _made, IsEngineUser: false),
            ImageID = image,
            RunDirectory = $"{Files}/{uid}",
            ShimPath = "/opt/stromboli/shim/stromboli-shim",
            LogPath = $"{Files}/{uid}.log",
            Files = new ContainerFiles
            {
                SeccompProfile = $"{State}/seccomp.json",
                Hosts = $"{State}/hosts",
                ResolvConf = $"{State}/resolv.conf",
            },
            EnforcedLimits = [],
        };
    }
}
