using System.Diagnostics;
using System.Text.Json.Nodes;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;

namespace Stromboli.Testbed.Kube;

/// <summary>kubectl against one cluster, as a user runs it.</summary>
public sealed class Kubectl(string kubeconfig)
{
    /// <summary>Runs kubectl and returns the result, also when it failed.</summary>
    public Task<CommandResult> RunAsync(
        IEnumerable<string> arguments,
        string? input = null,
        CancellationToken cancellationToken = default
    ) => Command.RunAsync(Artefacts.Kubectl, ["--kubeconfig", kubeconfig, .. arguments], input, cancellationToken: cancellationToken);

    /// <summary>Starts kubectl with its output to be read while it runs.</summary>
    /// <returns>The process, which the caller ends and disposes.</returns>
    public Process Start(params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo(Artefacts.Kubectl, ["--kubeconfig", kubeconfig, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        ) ?? throw new TestbedException("kubectl could not be started.");

    /// <summary>Runs kubectl; a failure throws.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="TestbedException">kubectl failed; the message has its output.</exception>
    public async Task<string> RunAsync(params string[] arguments) =>
        (await RunAsync(arguments.AsEnumerable())).OrThrow($"kubectl {string.Join(' ', arguments)}").Output;

    /// <summary><c>kubectl apply</c> of YAML text; a failure throws.</summary>
    public async Task ApplyAsync(string yaml, CancellationToken cancellationToken = default) =>
        (await TryApplyAsync(yaml, cancellationToken)).OrThrow("kubectl apply");

    /// <summary><c>kubectl apply</c> of YAML text that may be refused.</summary>
    public Task<CommandResult> TryApplyAsync(string yaml, CancellationToken cancellationToken = default) =>
        RunAsync(["apply", "-f", "-"], yaml, cancellationToken);

    /// <summary><c>kubectl get … -o json</c>; null when there is no such object.</summary>
    public async Task<JsonNode?> GetAsync(
        string resource,
        string? name = null,
        string ns = "default",
        CancellationToken cancellationToken = default
    )
    {
        string[] arguments = ["get", resource, .. name is null ? Array.Empty<string>() : [name], "-n", ns, "-o", "json"];
        var result = await RunAsync(arguments, cancellationToken: cancellationToken);
        if (!result.Succeeded && result.Error.Contains("(NotFound)", StringComparison.Ordinal))
        {
            return null;
        }

        return JsonNode.Parse(result.OrThrow($"kubectl {string.Join(' ', arguments)}").Output);
    }

    /// <summary><c>kubectl wait --for=…</c>; returns whether the condition was met in time.</summary>
    /// <param name="condition">As kubectl takes it: <c>condition=Ready</c>, <c>delete</c>, <c>jsonpath=…</c>.</param>
    public async Task<bool> WaitAsync(
        string resource,
        string name,
        string condition,
        TimeSpan timeout,
        string ns = "default",
        CancellationToken cancellationToken = default
    ) =>
        (
            await RunAsync(
                ["wait", $"{resource}/{name}", "-n", ns, $"--for={condition}", $"--timeout={timeout.TotalSeconds:0}s"],
                cancellationToken: cancellationToken
            )
        ).Succeeded;
}
