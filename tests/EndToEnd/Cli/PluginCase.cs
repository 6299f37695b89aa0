using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Cli;

/// <summary><c>kubectl stromboli</c> in the namespace of one case.</summary>
internal sealed class PluginCase(Scene scene)
{
    private readonly StromboliPlugin _plugin = new(scene.Stack.ControlPlane.KubeconfigPath, new StackOptions().Published);

    /// <summary>The variables of a shell that has the plugin.</summary>
    public IReadOnlyDictionary<string, string> Environment => _plugin.Environment;

    /// <summary>Runs it and returns the result, also when it failed.</summary>
    public Task<CommandResult> RunAsync(string input, params string[] arguments) => RunAsync(input, null, arguments);

    /// <summary>Runs it, and tells of each line as it is printed.</summary>
    public Task<CommandResult> RunAsync(string input, Action<string>? onLine, params string[] arguments) =>
        _plugin.RunAsync([.. arguments, "-n", scene.Namespace], input, onLine, TestContext.Current.CancellationToken);

    /// <summary>The document of a run that is a shell command.</summary>
    public static string Shell(string name, string script) =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: not read
              agent:
                command: [sh, -c, {{JsonValue.Create(script).ToJsonString()}}]
            """;
}
