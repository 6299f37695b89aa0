using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Docs;

/// <summary>
/// Runs lines of shell where the documents say: as an admin of the cluster on this machine, or on the node as the user of its bridge.
/// </summary>
internal sealed class DocumentedShell(Scene scene, Checkout checkout)
{
    private string? _inNode;

    private PodmanNode Node => scene.Stack.Nodes[0].Machine;

    /// <summary>Runs a line to its end on this machine.</summary>
    public async Task<CommandResult> OnMachineAsync(
        string line,
        Action<string>? onLine = null,
        CancellationToken cancellationToken = default
    )
    {
        var plugin = new StromboliPlugin(scene.Stack.ControlPlane.KubeconfigPath, new StackOptions().Published);
        string[] folders =
        [
            Path.GetDirectoryName(plugin.Path)!,
            Path.GetDirectoryName(Artefacts.Kubectl)!,
            Repository.DotnetRoot,
            Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin",
        ];
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = string.Join(':', folders),
            ["DOTNET_ROOT"] = Repository.DotnetRoot,
            ["HOME"] = checkout.Folder,
            ["KUBECONFIG"] = await KubeconfigAsync(cancellationToken),
            ["ANTHROPIC_API_KEY"] = scene.Stack.ModelKey,
        };
        // In the stack's group, so that it ends with the stack whatever happens.
        var script = $"echo $$ > {scene.Stack.Home.Group.FullPath}/cgroup.procs; {line}";
        return await Command.RunAsync(
            "/bin/bash",
            ["-euo", "pipefail", "-c", script],
            environment: environment,
            workingDirectory: checkout.Folder,
            onLine: onLine,
            cancellationToken: cancellationToken
        );
    }

    /// <summary>Runs a line to its end on the node, beside the build and the files that were made for it.</summary>
    public async Task<CommandResult> OnNodeAsync(string line, Action<string>? onLine = null, CancellationToken cancellationToken = default)
    {
        _inNode ??= await checkout.CopyToAsync(Node, ["token", "ca.crt"], cancellationToken);
        string[] command = ["bash", "-euo", "pipefail", "-c", $"cd {_inNode}; PATH={BridgeProcess.DotnetInside}:$PATH; {line}"];
        return await Node.RunAsync(command, onLine: onLine, cancellationToken: cancellationToken);
    }

    // The admin's own, for the case's namespace.
    private async Task<string> KubeconfigAsync(CancellationToken cancellationToken)
    {
        var path = checkout.At("kubeconfig");
        if (!File.Exists(path))
        {
            var text = await File.ReadAllTextAsync(scene.Stack.ControlPlane.KubeconfigPath, cancellationToken);
            text = text.Replace("namespace: default", $"namespace: {scene.Namespace}", StringComparison.Ordinal);
            await File.WriteAllTextAsync(path, text, cancellationToken);
        }

        return path;
    }
}
