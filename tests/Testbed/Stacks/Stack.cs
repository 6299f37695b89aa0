using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Stromboli.Testbed.Git;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;

namespace Stromboli.Testbed.Stacks;

/// <summary>All of Stromboli on real parts: control plane, scripted model, operators, nodes with their bridges.</summary>
public sealed class Stack : IAsyncDisposable
{
    private readonly StackOptions _options;
    private readonly Progress _progress;
    private readonly bool _hasOwnPlane;
    private readonly List<OperatorProcess> _operators = [];
    private readonly List<StackNode> _nodes = [];

    private Stack(StackHome home, StackOptions options, Progress progress, ControlPlane? plane = null)
    {
        _hasOwnPlane = plane is null;
        Home = home;
        _options = options;
        _progress = progress;
        ControlPlane = plane ?? new ControlPlane(home);
        Model = new ScriptedModelProcess(home);
        Git = options.Git ? new GitServerProcess(home) : null;
        ModelKey = options.ModelKey ?? MakeUpKey(Path.Combine(home.State, "model-key"));
        for (var i = 1; i <= options.Operators; i++)
        {
            _operators.Add(NewOperator(i == 1 ? "operator" : $"operator-{i}"));
        }

        for (var i = 1; i <= options.Nodes; i++)
        {
            _nodes.Add(NewNode($"node-{i}", options.Node));
        }
    }

    /// <summary>Folders, ports, cgroup.</summary>
    public StackHome Home { get; }

    /// <summary>The control plane.</summary>
    public ControlPlane ControlPlane { get; }

    /// <summary>kubectl as an admin.</summary>
    public Kubectl Kubectl => ControlPlane.Kubectl;

    /// <summary>The API as an admin.</summary>
    public KubeHttp Http => ControlPlane.Http;

    /// <summary>The scripted model.</summary>
    public ScriptedModelProcess Model { get; }

    /// <summary>The Git server; null on a stack without one.</summary>
    public GitServerProcess? Git { get; }

    /// <summary>The key of the operator's default model credential.</summary>
    public string ModelKey { get; }

    /// <summary>The first operator.</summary>
    public OperatorProcess Operator => _operators[0];

    /// <summary>All operators.</summary>
    public IReadOnlyList<OperatorProcess> Operators => _operators;

    /// <summary>All nodes.</summary>
    public IReadOnlyList<StackNode> Nodes => _nodes;

    /// <summary>The programs under test.</summary>
    public IEnumerable<ServiceProcess> Programs => [.. _operators, .. _nodes.Select(node => node.Bridge)];

    /// <summary>Starts a stack for tests, which ends with this process.</summary>
    /// <param name="plane">A control plane that outlives the stack; the stack makes its own if null.</param>
    public static async Task<Stack> StartAsync(
        string name,
        StackOptions? options = null,
        ControlPlane? plane = null,
        CancellationToken cancellationToken = default
    )
    {
        using (var progress = new Progress())
        {
            await new SetUp(progress).RunAsync(Artefacts.ForTests, cancellationToken);
        }

        StackHome.RemoveLeftovers();
        var stack = new Stack(StackHome.Temporary(name), options ?? new StackOptions(), Progress.Silent, plane);
        try
        {
            await stack.StartAsync(cancellationToken);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>The stack of a folder, which outlives this process. Starts nothing.</summary>
    public static Stack At(string folder, StackOptions options, Progress progress) => new(StackHome.At(folder), options, progress);

    /// <summary>Starts the parts that do not run yet, and waits until the nodes are ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        var machines = Task.WhenAll(
            _nodes.Select(node => StepAsync($"{node.Name} with Podman", node.Machine.StartAsync(cancellationToken)))
        );
        var model = _options.Operator.ModelBaseUrl is null
            ? StepAsync("scripted model", Model.StartAsync(cancellationToken))
            : Task.CompletedTask;
        var git = Git is null ? Task.CompletedTask : StepAsync("git server", Git.StartAsync(cancellationToken));
        await StepAsync("control plane", ControlPlane.StartAsync(cancellationToken));
        await StepAsync("CRDs, RBAC and the model's credential", InstallAsync(cancellationToken));
        // For two seconds after a CRD is established, apiextensions-apiserver holds its first objects back, for the sake of replicas.
        var grants = Task.WhenAll(
            _nodes.Select(node => NodeGrant.EnsureAsync(ControlPlane, node.Name, node.Options.Labels, cancellationToken))
        );
        await Task.WhenAll(
            _operators
                .Select(process => StepAsync(process.Name, process.StartAsync(cancellationToken)))
                .Append(machines)
                .Append(model)
                .Append(git)
                .Append(grants)
        );
        // Not before there is an operator that answers: clients would see a group that is not available.
        if (_operators.Count > 0)
        {
            await StreamsRegistration.ApplyAsync(Http, Operator.StreamsPort, cancellationToken);
        }

        await Task.WhenAll(_nodes.Select(node => JoinAsync(node, cancellationToken)));
    }

    /// <summary>Adds a node and waits until it is ready.</summary>
    public async Task<StackNode> AddNodeAsync(string name, NodeOptions? options = null, CancellationToken cancellationToken = default)
    {
        var node = NewNode(name, options ?? _options.Node);
        _nodes.Add(node);
        await Task.WhenAll(
            node.Machine.StartAsync(cancellationToken),
            NodeGrant.EnsureAsync(ControlPlane, name, node.Options.Labels, cancellationToken)
        );
        await JoinAsync(node, cancellationToken);
        return node;
    }

    /// <summary>Adds an operator and waits until it is ready. Bridges dial it from their next start on.</summary>
    public async Task<OperatorProcess> AddOperatorAsync(string name, CancellationToken cancellationToken = default)
    {
        var process = NewOperator(name);
        _operators.Add(process);
        await process.StartAsync(cancellationToken);
        return process;
    }

    /// <summary>Ends a stack of this process and removes its state. Logs stay.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var program in Programs)
        {
            program.Abandon();
        }

        await Home.DisposeAsync();
        foreach (var node in _nodes)
        {
            await (node.Link?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        if (_hasOwnPlane)
        {
            ControlPlane.Http.Dispose();
        }
    }

    private OperatorProcess NewOperator(string name) =>
        new(
            Home,
            name,
            ControlPlane,
            new("src/Operator", "Stromboli.Operator", _options.Published),
            _options.Operator,
            _options.Operator.ModelBaseUrl ?? Model.BaseUrl
        )
        {
            Supervised = _options.Supervised,
        };

    private StackNode NewNode(string name, NodeOptions options)
    {
        if (Git is not null)
        {
            options = GitNode.Of(options, Git);
        }

        var programs = BridgeProcess.ProgramsOf(Home, name);
        Directory.CreateDirectory(programs);
        var machine = new PodmanNode(
            Home,
            name,
            _nodes.Count + 1,
            [
                new NodeMount(Repository.DotnetRoot, BridgeProcess.DotnetInside),
                new NodeMount(programs, BridgeProcess.ProgramsInside),
                new NodeMount(Artefacts.Claude.Folder, BridgeProcess.ClaudeInside),
                .. options.Mounts,
            ],
            options.Root
        )
        {
            Hosts = options.Hosts,
        };
        var link = options.Relayed ? new LinkRelay() : null;
        var bridge = new BridgeProcess(
            Home,
            machine,
            ControlPlane,
            new("src/PodmanBridge", "Stromboli.PodmanBridge", _options.Published),
            options,
            () => _operators.Select(process => link?.Through(process.HubPort) ?? process.HubPort)
        )
        {
            Supervised = _options.Supervised,
        };
        return new StackNode(machine, bridge, link, options);
    }

    private async Task JoinAsync(StackNode node, CancellationToken cancellationToken)
    {
        if (_operators.Count > 0)
        {
            await StepAsync($"bridge of {node.Name}", node.Bridge.StartAsync(cancellationToken));
        }
    }

    private async Task InstallAsync(CancellationToken cancellationToken)
    {
        await ControlPlane.InstallCrdsAsync(Repository.At("config", "crd"), cancellationToken);
        var rbac = Repository.At("config", "rbac");
        string[] apply = ["apply", File.Exists(Path.Combine(rbac, "kustomization.yaml")) ? "-k" : "-f", rbac];
        (await Kubectl.RunAsync(apply, cancellationToken: cancellationToken)).OrThrow("Applying config/rbac");
        await ControlPlane.EnsureAccountAsync(OperatorProcess.Namespace, OperatorProcess.Account, cancellationToken);

        var secret = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject
            {
                ["name"] = OperatorProcess.ModelSecret,
                ["annotations"] = new JsonObject { ["stromboli.dev/use-as"] = "model" },
            },
            ["stringData"] = new JsonObject { ["api-key"] = ModelKey },
        };
        await Http.ApplyAsync(
            $"/api/v1/namespaces/{OperatorProcess.Namespace}/secrets/{OperatorProcess.ModelSecret}",
            secret.ToJsonString(),
            cancellationToken
        );
    }

    private async Task StepAsync(string what, Task starting)
    {
        using (_progress.Begin(what))
        {
            await starting;
        }

        _progress.Tell($"{what}: up");
    }

    private static string MakeUpKey(string path)
    {
        if (!File.Exists(path))
        {
            File.WriteAllText(path, "sk-testbed-" + RandomNumberGenerator.GetHexString(24, lowercase: true));
        }

        return File.ReadAllText(path);
    }
}
