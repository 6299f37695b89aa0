using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Stromboli.Testbed;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Harness;

/// <summary>The namespace of one case on a stack, and everything that a watcher saw there.</summary>
public sealed partial class Scene : IAsyncDisposable
{
    private readonly Func<ValueTask> _release;
    private readonly RunWatch _watch;
    private readonly Dictionary<StackNode, NodeInspector> _inspectors = [];

    private Scene(Stack stack, string ns, RunWatch watch, Func<ValueTask> release)
    {
        Stack = stack;
        Namespace = ns;
        _watch = watch;
        _release = release;
    }

    /// <summary>The stack. A case must not disturb a shared one.</summary>
    public Stack Stack { get; }

    /// <summary>The case's namespace.</summary>
    public string Namespace { get; }

    /// <summary>The API path of the namespace's AgentRuns.</summary>
    public string RunsPath => PathOf(Namespace);

    /// <summary>Every run that the watcher has seen here.</summary>
    public IReadOnlyCollection<RunHistory> Runs => _watch.Histories;

    /// <summary>An inspector for each node.</summary>
    public IEnumerable<NodeInspector> Nodes => Stack.Nodes.Select(node => Inspect(node.Name));

    /// <summary>kubectl as an admin; pass <c>-n</c> with <see cref="Namespace"/>, or use <see cref="KubectlAsync"/>.</summary>
    public Kubectl Kubectl => Stack.Kubectl;

    internal static async Task<Scene> OpenAsync(Stack stack, Func<ValueTask> release, CancellationToken cancellationToken)
    {
        var ns = $"case-{Guid.NewGuid().ToString("N")[..8]}";
        await stack.Http.CreateAsync(
            "/api/v1/namespaces",
            $"{{apiVersion: v1, kind: Namespace, metadata: {{name: {ns}}}}}",
            cancellationToken
        );
        return new Scene(stack, ns, await RunWatch.StartAsync(stack.Http, PathOf(ns), cancellationToken), release);
    }

    /// <summary><c>kubectl apply</c> of YAML into the namespace; a failure throws.</summary>
    /// <returns>What kubectl printed.</returns>
    public async Task<string> ApplyAsync(string yaml) => (await TryApplyAsync(yaml)).OrThrow("kubectl apply").Output;

    /// <summary><c>kubectl apply</c> of YAML that may be refused.</summary>
    public Task<Testbed.Processes.CommandResult> TryApplyAsync(string yaml) =>
        Kubectl.RunAsync(["apply", "-n", Namespace, "-f", "-"], yaml);

    /// <summary><c>kubectl apply</c> of YAML with one AgentRun and the objects that it needs.</summary>
    /// <returns>The run's history, which grows as the watcher sees more.</returns>
    public async Task<RunHistory> ApplyRunAsync(string yaml)
    {
        var printed = await ApplyAsync(yaml);
        return Run(RunNames().Matches(printed).Select(match => match.Groups["name"].Value).Single());
    }

    /// <summary>The history of the run of that name.</summary>
    public RunHistory Run(string name) => _watch.Of(name);

    /// <summary>kubectl in the namespace; a failure throws.</summary>
    public Task<string> KubectlAsync(params string[] arguments) => Kubectl.RunAsync(["-n", Namespace, .. arguments]);

    /// <summary><c>kubectl patch</c> of a run with a merge patch, such as <c>spec: {cancel: true}</c>.</summary>
    public Task PatchAsync(RunHistory run, string yaml) => KubectlAsync("patch", "agentrun", run.Name, "--type=merge", "-p", yaml);

    /// <summary>The inspector of the node of that name.</summary>
    public NodeInspector Inspect(string name)
    {
        var node = Stack.Nodes.Single(node => node.Name == name);
        if (!_inspectors.TryGetValue(node, out var inspector))
        {
            _inspectors[node] = inspector = new NodeInspector(node);
        }

        return inspector;
    }

    /// <summary>The inspector of the node that the run's current or last attempt is on.</summary>
    public NodeInspector NodeOf(RunHistory run) =>
        Inspect(run.Last.Status.NodeName ?? throw new TestbedException($"{run.Name} has no node: {run.Last}"));

    /// <summary>The events about a run (events.k8s.io/v1), oldest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> EventsAsync(RunHistory run) =>
        [
            .. (await Stack.Http.GetAsync($"/apis/events.k8s.io/v1/namespaces/{Namespace}/events"))!["items"]!
                .AsArray()
                .Where(item => item!["regarding"]?["uid"]?.ToString() == run.Uid)
                .OrderBy(item => item!["eventTime"]?.ToString(), StringComparer.Ordinal)
                .Select(item => item!),
        ];

    /// <summary>The requests to the scripted model whose conversation ends with this prompt.</summary>
    public IReadOnlyList<JsonNode> ModelRequests(string prompt)
    {
        var digest = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(prompt.Trim('\n')))
        );
        return [.. Stack.Model.Requests().Where(request => request["promptSha256"]?.ToString() == digest)];
    }

    /// <summary>A prompt that no other case sends.</summary>
    public string Unique(string prompt) => $"{prompt}\n# {Namespace}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _watch.DisposeAsync();
            foreach (var inspector in _inspectors.Values)
            {
                inspector.Dispose();
            }
            // The runs first: they take room on the nodes, and the namespace controller is slow.
            await Stack.Http.DeleteAsync(RunsPath);
            await Stack.Http.DeleteAsync($"/api/v1/namespaces/{Namespace}");
        }
        catch (Exception e) when (e is KubeHttpException or HttpRequestException or OperationCanceledException)
        {
            // A case may have left its API server dead. The stack must be released anyway.
        }
        finally
        {
            await _release();
        }
    }

    private static string PathOf(string ns) => $"/apis/stromboli.dev/v1alpha1/namespaces/{ns}/agentruns";

    [GeneratedRegex(
        """^agentrun\.stromboli\.dev/(?<name>\S+) """,
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex RunNames();
}
