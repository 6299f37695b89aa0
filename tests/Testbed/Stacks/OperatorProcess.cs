using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Stacks;

/// <summary>The operator, with the rights of its own ServiceAccount.</summary>
public sealed class OperatorProcess : ServiceProcess
{
    /// <summary>The operator's namespace.</summary>
    public const string Namespace = "stromboli-system";

    /// <summary>The operator's ServiceAccount.</summary>
    public const string Account = "stromboli-operator";

    /// <summary>The Secret with the operator's default model credential.</summary>
    public const string ModelSecret = "stromboli-model";

    private readonly ControlPlane _plane;
    private readonly ProgramBuild _build;
    private readonly OperatorOptions _options;
    private readonly string _modelBaseUrl;

    internal OperatorProcess(
        StackHome home,
        string name,
        ControlPlane plane,
        ProgramBuild build,
        OperatorOptions options,
        string modelBaseUrl
    )
        : base(home, name)
    {
        _plane = plane;
        _build = build;
        _options = options;
        _modelBaseUrl = modelBaseUrl;
    }

    /// <summary>The port of the node hub.</summary>
    public int HubPort => Home.Ports.For($"{Name}-hub");

    /// <summary>The port of the streams.</summary>
    public int StreamsPort => Home.Ports.For($"{Name}-streams");

    /// <summary>The address of health and metrics.</summary>
    public string HealthUrl => $"http://127.0.0.1:{Home.Ports.For($"{Name}-health")}";

    /// <summary>The kubeconfig with which it acts as <see cref="Account"/>. It exists after the first start.</summary>
    public string KubeconfigPath => Path.Combine(Home.State, $"{Name}.kubeconfig");

    /// <inheritdoc/>
    protected override async Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken)
    {
        var copy = Path.Combine(Home.State, "bin", Name);
        await _build.CopyAsync(copy, cancellationToken);
        // The API server may be away during a restart. The existing token is used then.
        if (!File.Exists(KubeconfigPath))
        {
            await _plane.WriteAccountKubeconfigAsync(KubeconfigPath, Namespace, Account, cancellationToken);
        }

        return new ProcessSpec([
            .. _build.Command(copy, Repository.DotnetRoot),
            "--kubeconfig",
            KubeconfigPath,
            "--namespace",
            Namespace,
            "--identity",
            Name,
            "--hub-listen",
            $"127.0.0.1:{HubPort}",
            "--hub-name",
            "127.0.0.1",
            "--hub-name",
            "localhost",
            "--health-listen",
            $"127.0.0.1:{Home.Ports.For($"{Name}-health")}",
            "--streams-listen",
            $"127.0.0.1:{StreamsPort}",
            "--streams-address",
            $"127.0.0.1:{StreamsPort}",
            "--model-base-url",
            _modelBaseUrl,
            "--model-credentials-secret",
            ModelSecret,
            .. _options.Arguments(),
        ])
        {
            Environment = _options.Environment,
        };
    }

    /// <inheritdoc/>
    protected override Task<bool> IsReadyAsync(CancellationToken cancellationToken) =>
        HttpProbe.IsOkAsync($"{HealthUrl}/readyz", cancellationToken);
}
