using System.Globalization;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Registries;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Nodes;

/// <summary>The bridge of a node, which runs in the node as its user. Killing it leaves its containers running.</summary>
public sealed class BridgeProcess : ServiceProcess
{
    /// <summary>The folder of the .NET installation in each node.</summary>
    public const string DotnetInside = "/opt/dotnet";

    internal const string ProgramsInside = "/opt/stromboli";
    internal const string ClaudeInside = "/opt/claude";
    private const string FolderInside = $"{NodeLayout.UserHomeInside}/stromboli";

    private readonly PodmanNode _node;
    private readonly ControlPlane _plane;
    private readonly ProgramBuild _build;
    private readonly NodeOptions _options;
    private readonly Func<IEnumerable<int>> _hubPorts;

    internal BridgeProcess(
        StackHome home,
        PodmanNode node,
        ControlPlane plane,
        ProgramBuild build,
        NodeOptions options,
        Func<IEnumerable<int>> hubPorts
    )
        : base(home, $"{node.Name}-bridge")
    {
        _node = node;
        _plane = plane;
        _build = build;
        _options = options;
        _hubPorts = hubPorts;
    }

    /// <summary>Its connect token, as this machine sees it.</summary>
    public string TokenPath => _node.OutsideOf($"{FolderInside}/token");

    /// <summary>The bridge's state folder, as this machine sees it.</summary>
    public string StatePath => _node.OutsideOf($"{FolderInside}/state");

    /// <summary>Writes the token that the bridge uses from its next start on.</summary>
    public async Task WriteTokenAsync(string token, CancellationToken cancellationToken = default) =>
        await WriteOwnedAsync(TokenPath, token, UnixFileMode.UserRead | UnixFileMode.UserWrite, cancellationToken);

    internal static string ProgramsOf(StackHome home, string node) => Path.Combine(home.State, "bin", node);

    /// <inheritdoc/>
    protected override async Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken)
    {
        await PlaceAsync(cancellationToken);
        foreach (var (name, value) in _options.PodmanSecrets)
        {
            (
                await _node.RunAsync(["podman", "secret", "create", "--replace", name, "-"], value, cancellationToken: cancellationToken)
            ).OrThrow($"Making the secret {name} on {_node.Name}");
        }

        string[] command =
        [
            .. _build.Command($"{ProgramsInside}/bridge", DotnetInside),
            .. _hubPorts()
                .SelectMany(port => new[] { "--operator", string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}") }),
            "--ca-file",
            $"{FolderInside}/ca.crt",
            "--token-file",
            $"{FolderInside}/token",
            "--node",
            _node.Name,
            "--podman-socket",
            NodeLayout.PodmanSocketInside,
            "--state-dir",
            $"{FolderInside}/state",
            "--run-dir",
            $"{_node.Layout.RuntimeFolderInside}/stromboli",
            "--shim",
            $"{ProgramsInside}/shim/stromboli-shim",
            "--claude",
            ClaudeInside,
            // The testbed's registries are on loopback.
            .. ImageRegistry.Hosts.SelectMany(host => new[] { "--allow-registry", host }),
            .. OptionArguments(),
        ];
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DOTNET_ROOT"] = DotnetInside,
            ["DOTNET_EnableDiagnostics"] = "0",
        };
        foreach (var (name, value) in _options.Environment)
        {
            environment[name] = value;
        }

        var group = _node.Layout.LeafGroup("bridge").Create();
        group.Delegate(_node.User);
        return new ProcessSpec(_node.Layout.Enter(_node.HolderPid, command, environment)) { Group = group };
    }

    /// <inheritdoc/>
    protected override async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            var node = await _plane.Http.GetAsync($"/apis/stromboli.dev/v1alpha1/agentnodes/{_node.Name}", cancellationToken);
            var conditions = node?["status"]?["conditions"]?.AsArray() ?? [];
            return conditions.Any(condition => condition!["type"]?.ToString() == "Ready" && condition["status"]?.ToString() == "True");
        }
        catch (Exception e) when (e is HttpRequestException or KubeHttpException)
        {
            return false;
        }
    }

    private IEnumerable<string> OptionArguments()
    {
        if (_options.AllowUnenforcedLimits)
        {
            yield return "--allow-unenforced-limits";
        }

        (string Flag, string? Value)[] amounts =
        [
            ("--max-runs", _options.MaxRuns?.ToString(CultureInfo.InvariantCulture)),
            ("--parallel-starts", _options.ParallelStarts?.ToString(CultureInfo.InvariantCulture)),
            ("--cpu", _options.Cpu),
            ("--memory", _options.Memory),
        ];
        foreach (var (flag, value) in amounts.Where(amount => amount.Value is not null))
        {
            yield return flag;
            yield return value!;
        }

        foreach (var (key, value) in _options.BridgeLabels)
        {
            yield return "--label";
            yield return $"{key}={value}";
        }

        foreach (var prefix in _options.AllowedVolumes)
        {
            yield return "--allow-volume";
            yield return prefix;
        }

        foreach (var secret in _options.PodmanSecrets.Keys)
        {
            yield return "--allow-podman-secret";
            yield return secret;
        }

        foreach (var argument in _options.ExtraArguments)
        {
            yield return argument;
        }
    }

    /// <summary>
    /// Puts programs, authority and token where the bridge expects them. An existing authority or token stays, since the API server may be
    /// away during a restart.
    /// </summary>
    private async Task PlaceAsync(CancellationToken cancellationToken)
    {
        var programs = ProgramsOf(Home, _node.Name);
        await _build.CopyAsync(Path.Combine(programs, "bridge"), cancellationToken);
        await BuildCopy.RefreshAsync(
            Repository.At("src", "native", "build"),
            Path.Combine(programs, "shim"),
            "stromboli-measurer",
            "run make -C src/native",
            cancellationToken
        );

        var folder = _node.OutsideOf(FolderInside);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _ = Libc.ChangeOwner(folder, _node.User, _node.User);
        var authority = Path.Combine(folder, "ca.crt");
        if (!File.Exists(authority))
        {
            await WriteOwnedAsync(
                authority,
                await ReadAuthorityAsync(cancellationToken),
                UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                cancellationToken
            );
        }

        if (!File.Exists(TokenPath))
        {
            await WriteTokenAsync(await NodeGrant.TokenAsync(_plane, _node.Name, cancellationToken), cancellationToken);
        }
    }

    private Task<string> ReadAuthorityAsync(CancellationToken cancellationToken) =>
        Poll.ForAsync(
            "the operator publishes its authority in the ConfigMap stromboli-ca",
            TimeSpan.FromSeconds(30),
            async token =>
                (await _plane.Http.GetAsync($"/api/v1/namespaces/{OperatorProcess.Namespace}/configmaps/stromboli-ca", token))?["data"]?[
                    "ca.crt"
                ]?.GetValue<string>(),
            cancellationToken
        );

    private async Task WriteOwnedAsync(string path, string text, UnixFileMode mode, CancellationToken cancellationToken)
    {
        File.Delete(path);
        await using (
            var file = new FileStream(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = mode,
                }
            )
        )
        {
            await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellationToken);
        }

        _ = Libc.ChangeOwner(path, _node.User, _node.User);
    }
}
