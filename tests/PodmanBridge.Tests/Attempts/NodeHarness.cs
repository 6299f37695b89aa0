using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Egress;
using Stromboli.Gateway.Git;
using Stromboli.Gateway.Model;
using Stromboli.Gateway.Sockets;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Pushes;
using Stromboli.PodmanBridge.Sessions;
using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge.Tests.Attempts;

/// <summary>
/// A bridge with everything that it needs to run attempts, over a fake engine. A second harness over the same folder is the next bridge.
/// </summary>
internal sealed class NodeHarness : IAsyncDisposable
{
    public const string Installation = "11112222-3333-4444-5555-666677778888";
    public const string BootID = "this boot";

    private readonly ModelGateway? _ownGateway;
    private readonly GitGateway _git;
    private readonly PulledImages _pulled;

    public NodeHarness(string root, FakeEngine engine, TimeProvider clock, NodeHarnessOptions? options = null)
    {
        options ??= new NodeHarnessOptions();
        Root = root;
        Lease = new NodeLease(clock);
        Directory.CreateDirectory(StateRoot);
        Directory.CreateDirectory(Path.Combine(root, "runs"));
        if (!File.Exists(ShimPath))
        {
            File.WriteAllText(ShimPath, "the shim");
        }

        var installation = new Installation(root);
        installation.TryServe(options.Installation);
        Identity = installation;
        var capabilities = new FixedCapabilities();
        Settings = new ContainerSettings
        {
            Installation = installation,
            Capabilities = capabilities,
            Node = "node-1",
            RunRoot = Path.Combine(root, "runs"),
            ShimPath = ShimPath,
            ClaudeDirectory = null,
            Files = ContainerFiles.Write(Path.Combine(root, "files")),
            MaxRunPids = 4096,
            // No disk is measured in these tests.
            AllowsUnenforcedLimits = true,
        };
        Containers =
            options.Containers?.Invoke(Settings)
            ?? new ShimContainers(engine, new ConcurrencyLimit(4), capabilities, Lease, clock, NullLogger<ShimContainers>.Instance)
            {
                CheckFirstProcess = options.CheckFirstProcess,
            };
        var gateway = options.Gateway ?? (_ownGateway = NewGateway(clock));
        var users = new WorkspaceUsers();
        Sessions = new NodeSessions(
            Path.Combine(root, "sessions"),
            new SessionVolumes(engine, installation, "node-1"),
            users,
            clock,
            NullLogger<NodeSessions>.Instance
        );
        _git = new GitGateway(
            new GitGatewayOptions
            {
                Dialer = new Dialer(AddressPolicy.Default, clock),
                Clock = clock,
                Loggers = NullLoggerFactory.Instance,
                Trust = new GitTrust(null),
                AllowedOrigins = [],
                LeaseHolds = () => Lease.Valid,
            }
        );
        _pulled = new PulledImages(Path.Combine(root, "pulled.json"), clock);
        var fetcher = new ImageFetcher(
            engine,
            new PrivateImages(Path.Combine(root, "private.json"), clock),
            _pulled,
            new RegistryGate(new Dialer(AddressPolicy.Default, clock), []),
            new ImageFetcher.Settings(MaxBytes: null),
            clock,
            NullLogger<ImageFetcher>.Instance
        );
        var clones = new WorkspaceClones(Containers, Settings, _git, fetcher, image: null, Lease, clock);
        var volumes = new AttemptVolumes(engine, Sessions, Settings);
        Works = new AttemptWorks(
            new AttemptSandboxes(
                StateRoot,
                Containers,
                Settings,
                volumes,
                new HostPathGate([], [], null, "node-1", engine),
                gateway,
                new AttemptGits(_git, Settings, clock, NullLogger<PushRecord>.Instance),
                new AttemptStorages(new StorageTenants(), new Measurer("", clock), Settings),
                clock
            ),
            new ImagesThatAreThere(_pulled),
            new AttemptAdmission(Settings, new NodeSecrets([], "node-1", engine), Sessions, clones),
            clones,
            new WorkspacePublisher(Containers, Settings, _git, fetcher, image: null, Lease, clock),
            Sessions,
            Lease,
            new AttemptEndReader(gateway, clock, NullLogger<AttemptEndReader>.Instance)
        );
        Node = new AttemptNode(StateRoot, BootID, users, new AttemptChanges(), clock);
        Unknown = new UnknownAttempts(Containers, Settings, volumes, clones, Node.Changes, clock, NullLogger<UnknownAttempts>.Instance);
        Attempts = new NodeAttempts(Node, options.Kept, Works, Unknown, Sessions, Lease, NullLogger<NodeAttempts>.Instance);
    }

    public string Root { get; }

    public Installation Identity { get; }

    public string StateRoot => Path.Combine(Root, "state");

    public string ShimPath => Path.Combine(Root, "shim");

    public NodeLease Lease { get; }

    public ContainerSettings Settings { get; }

    public IShimContainers Containers { get; }

    public NodeSessions Sessions { get; }

    public AttemptNode Node { get; }

    public AttemptWorks Works { get; }

    public UnknownAttempts Unknown { get; }

    public NodeAttempts Attempts { get; }

    public async ValueTask DisposeAsync()
    {
        await Attempts.DisposeAsync();
        await Unknown.DisposeAsync();
        await Sessions.DisposeAsync();
        await _git.DisposeAsync();
        if (_ownGateway is not null)
        {
            await _ownGateway.DisposeAsync();
        }

        _pulled.Dispose();
        Lease.Dispose();
    }

    private ModelGateway NewGateway(TimeProvider clock) =>
        new(
            new ModelGatewayOptions
            {
                Dialer = new Dialer(AddressPolicy.Default, clock),
                Clock = clock,
                Loggers = NullLoggerFactory.Instance,
                Prices = () => [],
                ServerTools = () => [],
                LeaseHolds = () => Lease.Valid,
            }
        );

    private sealed class FixedCapabilities : INodeCapabilities
    {
        public IReadOnlyCollection<string> EnforcedLimits => [];

        public string? CliVersion => null;

        public Task RecheckEngineAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ImagesThatAreThere(PulledImages pulled) : IAttemptImages
    {
        public Task<ImageUse> FetchAsync(AttemptSpec spec, IReadOnlyList<PullCredential> pull, CancellationToken cancellationToken)
        {
            using var look = pulled.Look();
            return Task.FromResult(pulled.TryHold(look, "an image")!);
        }
    }
}

/// <summary>The settings of a node that a test changes.</summary>
internal sealed record NodeHarnessOptions
{
    public ModelGateway? Gateway { get; init; }

    public Func<ContainerSettings, IShimContainers>? Containers { get; init; }

    public Func<int, FileIdentity, string?> CheckFirstProcess { get; init; } = FirstProcess.Problem;

    public KeptLimits Kept { get; init; } = KeptLimits.Default;

    public string Installation { get; init; } = NodeHarness.Installation;
}
