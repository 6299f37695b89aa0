using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;
using Stromboli.Pipeline.Tests.Docs;
using Stromboli.Testbed;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Docs;

/// <summary>
/// Every command of the README and of <c>docs/operations</c> runs as it stands and succeeds: in the order of the pages, against a real
/// stack, in a copy of the repository, with the objects of the page's YAML applied before.
/// </summary>
public sealed class DocumentedCommandTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Node = "node-1";

    // What the README names: the node that it joins, and the address and the ports of the operator that it starts.
    private const string DocumentedNode = "my-node";
    private const string OperatorHost = "operator.example.com";
    private const int HubPort = 8443;
    private const int HealthPort = 8080;

    // The case's namespace in Placeholders: it is known only when the case runs.
    private const string OwnNamespace = "{the case's namespace}";

    private const string ClaudeInside = "/home/node/.local/share/stromboli/node_modules/@anthropic-ai/claude-code-linux-x64";

    /// <summary>
    /// The commands that no test can run, by how they start, and why. An entry that fits no line of any page fails the test.
    /// </summary>
    private static readonly (string Start, string Reason)[] NotRun =
    [
        ("make demo", "it sets up the machine and runs a stack of its own"),
        ("make test", "it is this suite"),
        ("make publish", "the suite compiled the programs before it runs"),
        ("make up", "it starts a stack in the work tree that outlives the test"),
        ("MODEL=anthropic ANTHROPIC_API_KEY=… make up", "it needs a real key, and its runs are billed"),
        ("make down", "it stops the stack of whoever owns the work tree"),
        ("loginctl enable-linger", "nodes of the testbed have no systemd"),
        ("systemctl --user enable --now podman.socket", "nodes of the testbed have no systemd; the same socket is there"),
        ("usermod --add-subuids", "nodes of the testbed get their subordinate ids when they are made"),
        (
            "kubectl apply -f config/crd",
            "the testbed's kube-apiserver 1.20 does not know CEL rules; the stack put the same files into a current server of CRDs beside it"
        ),
        (
            "dotnet build -c Release Stromboli.sln && make -C src/native",
            "the suite was built before it runs; the build stands where this puts it"
        ),
        ("npm install --prefix ~/.local/share/stromboli", "the set-up fetched the same package; it stands where this puts it"),
    ];

    /// <summary>The words in capitals that a reader replaces. An entry that fits no line of any page fails the test.</summary>
    private static readonly (string Placeholder, string Value)[] Placeholders =
    [
        // The guide to runs deletes the first one.
        ("agentrun NAME stromboli.dev/redeliver-webhooks", "agentrun first stromboli.dev/redeliver-webhooks"),
        ("agentrun NAME", "agentrun hello"),
        ("agentnode NAME", $"agentnode {Node}"),
        ("anode NODE", $"anode {Node}"),
        ("namespaces/NAMESPACE/", $"namespaces/{OwnNamespace}/"),
    ];

    [Fact]
    public async Task Commands_InTheOrderOfThePages_Succeed()
    {
        await SkipUnlessKubectlIsCurrentAsync();
        var scene = await OnPrivateStackAsync(
            new StackOptions
            {
                Git = true,
                Node = new NodeOptions
                {
                    Hosts = new Dictionary<string, string> { [OperatorHost] = IPAddress.Loopback.ToString() },
                    Mounts = [new NodeMount(Artefacts.Claude.Folder, ClaudeInside)],
                },
            }
        );
        using var checkout = new Checkout();
        var shell = new DocumentedShell(scene, checkout);
        await PrepareAsync(scene);

        List<string> problems = [];
        List<ShellLine> all = [];
        foreach (var page in Pages())
        {
            var text = await File.ReadAllTextAsync(Repository.At(page), Cancelled);
            foreach (var manifest in ShellLine.Manifests(text))
            {
                await scene.ApplyAsync(manifest);
            }

            var lines = ShellLine.Of(page, text);
            all.AddRange(lines);
            problems.AddRange(await RunAsync(scene, shell, lines));
        }

        problems.AddRange(
            NotRun.Where(entry => !all.Exists(line => Fits(line, entry.Start))).Select(entry => $"No page has `{entry.Start}` any more.")
        );
        problems.AddRange(
            Placeholders
                .Where(entry => !all.Exists(line => line.Text.Contains(entry.Placeholder, StringComparison.Ordinal)))
                .Select(entry => $"No page has `{entry.Placeholder}` any more.")
        );
        Assert.True(problems.Count == 0, $"Not every documented command works as it stands:\n{string.Join("\n\n", problems)}");
    }

    // What the pages speak of as being there.
    private static async Task PrepareAsync(Scene scene)
    {
        var machine = scene.Stack.Nodes[0].Machine;
        await machine.PodmanAsync("tag", "registry.test/agent:1", "registry.example.com/team/toolbox:7");
        var linked = await machine.RunAsync([
            "sh",
            "-c",
            "mkdir -p $XDG_RUNTIME_DIR/podman && ln -s /run/podman/podman.sock $XDG_RUNTIME_DIR/podman/podman.sock",
        ]);
        linked.OrThrow("Putting the engine's socket where systemd puts it");
        await NodeGrant.EnsureAsync(scene.Stack.ControlPlane, "build-1", new Dictionary<string, string>(), Cancelled);
        await scene.Stack.Git!.Repositories.EnsureSampleAsync(Cancelled);
        await scene.ApplyAsync(await File.ReadAllTextAsync(Repository.At("samples", "timeout.yaml"), Cancelled));
    }

    private static async Task<IReadOnlyList<string>> RunAsync(Scene scene, DocumentedShell shell, IReadOnlyList<ShellLine> lines)
    {
        List<string> problems = [];
        Stack<DocumentedServer> servers = [];
        var installing = lines.Where(IsServer).Select(line => line.Block).ToHashSet();
        var onNode = lines.Where(IsBridge).Select(line => line.Block).ToHashSet();
        var replaced = false;
        foreach (var line in lines.Where(line => !Array.Exists(NotRun, entry => Fits(line, entry.Start))))
        {
            try
            {
                if (installing.Contains(line.Block) && !replaced)
                {
                    await StopStackAsync(scene);
                    replaced = true;
                }

                await RunAsync(scene, onNode.Contains(line.Block) ? shell.OnNodeAsync : shell.OnMachineAsync, line, servers);
            }
            catch (TestbedException e)
            {
                problems.Add($"{line.Where}: {line.Text}\n{e.Message}");
            }
        }

        while (servers.TryPop(out var server))
        {
            if (await server.StopAsync(Cancelled) is { } problem)
            {
                problems.Add(problem);
            }
        }

        if (replaced)
        {
            await scene.Stack.Operator.StartAsync(Cancelled);
            await scene.Stack.Nodes[0].Bridge.StartAsync(Cancelled);
        }

        return problems;
    }

    private static async Task RunAsync(Scene scene, RunLine run, ShellLine line, Stack<DocumentedServer> servers)
    {
        if (IsServer(line))
        {
            var server = new DocumentedServer(line.Where, (text, onLine) => run(text, onLine, Cancelled));
            servers.Push(server);
            await server.StartAsync(line.Text, IsBridge(line) ? token => IsNodeReadyAsync(scene, token) : IsOperatorReadyAsync, Cancelled);
            return;
        }

        // What the command waits for has come about: its own deadline is no measure of this machine.
        if (line.Text.StartsWith("kubectl wait ", StringComparison.Ordinal))
        {
            await EndedAsync(scene);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        deadline.CancelAfter(Poll.Timeout);
        try
        {
            (await run(Filled(line.Text).Replace(OwnNamespace, scene.Namespace, StringComparison.Ordinal), null, deadline.Token)).OrThrow(
                "It"
            );
        }
        catch (OperationCanceledException e) when (!Cancelled.IsCancellationRequested)
        {
            throw new TestbedException($"It did not end within {Poll.Timeout.TotalSeconds:0} s.", e);
        }
    }

    // The documents start an operator and a bridge of their own, in the place of the stack's.
    private static async Task StopStackAsync(Scene scene)
    {
        await EndedAsync(scene);
        await scene.Stack.Nodes[0].Bridge.StopAsync(Cancelled);
        await scene.Stack.Operator.StopAsync(Cancelled);
        await scene.Stack.Http.DeleteAsync(
            $"/api/v1/namespaces/{OperatorProcess.Namespace}/secrets/{OperatorProcess.ModelSecret}",
            Cancelled
        );
        int[] ports = [HubPort, HealthPort];
        await Poll.UntilAsync(
            $"nothing on this machine listens on the ports {string.Join(" and ", ports)}, which the documented operator takes",
            Poll.Timeout,
            () =>
                !IPGlobalProperties
                    .GetIPGlobalProperties()
                    .GetActiveTcpListeners()
                    .Select(listener => listener.Port)
                    .Intersect(ports)
                    .Any(),
            Cancelled
        );
    }

    private static Task EndedAsync(Scene scene) => Task.WhenAll(scene.Runs.Select(run => run.EndAsync()));

    private static async Task<bool> IsOperatorReadyAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{HealthPort}/readyz"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<bool> IsNodeReadyAsync(Scene scene, CancellationToken cancellationToken)
    {
        var node = await scene.Stack.Http.GetAsync($"/apis/stromboli.dev/v1alpha1/agentnodes/{DocumentedNode}", cancellationToken);
        JsonArray conditions = node?["status"]?["conditions"]?.AsArray() ?? [];
        return conditions.Any(condition => condition!["type"]!.ToString() == "Ready" && condition["status"]!.ToString() == "True");
    }

    private static async Task SkipUnlessKubectlIsCurrentAsync()
    {
        var told = await Command.RunAsync(Artefacts.Kubectl, ["version", "--client", "--output=json"], cancellationToken: Cancelled);
        var version = JsonNode.Parse(told.OrThrow("kubectl version").Output)!["clientVersion"]!["minor"]!.ToString();
        Assert.SkipUnless(
            int.Parse(version.TrimEnd('+'), System.Globalization.CultureInfo.InvariantCulture) >= 24,
            "The kubectl of this machine is older than what the documents require: it has neither `create token` nor `wait --for=jsonpath`."
        );
    }

    private static IEnumerable<string> Pages() =>
        [
            "README.md",
            .. Directory
                .EnumerateFiles(Repository.At("docs", "operations"), "*.md")
                .Select(file => Path.GetRelativePath(Repository.Root, file))
                .Order(StringComparer.Ordinal),
        ];

    private static string Filled(string text) =>
        Placeholders.Aggregate(text, (filled, entry) => filled.Replace(entry.Placeholder, entry.Value, StringComparison.Ordinal));

    private static bool Fits(ShellLine line, string start) => $"{line.Text} ".StartsWith($"{start} ", StringComparison.Ordinal);

    private static bool IsServer(ShellLine line) =>
        line.Text.StartsWith("dotnet ", StringComparison.Ordinal) && line.Text.Contains(".dll ", StringComparison.Ordinal);

    private static bool IsBridge(ShellLine line) =>
        IsServer(line) && line.Text.Contains("Stromboli.PodmanBridge.dll", StringComparison.Ordinal);

    private delegate Task<CommandResult> RunLine(string line, Action<string>? onLine, CancellationToken cancellationToken);
}
