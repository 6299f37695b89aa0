using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Credentials;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>
/// A run of Claude Code with its own credential, variables and arguments, searched while its agent works and after its end.
/// </summary>
public sealed class TraceScenario(StackFixture stacks) : Scenario(stacks)
{
    private string Mark(string what) => $"{what}-{Scene.Namespace}-mark";

    /// <summary>The key of the run's own Secret.</summary>
    internal string Key => Mark("sk-key");

    /// <summary>Values that the agent has and that must be neither on the node's disk nor in any configuration.</summary>
    internal IReadOnlyDictionary<string, string> Private =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["variable"] = Mark("variable"),
            ["prompt"] = Mark("prompt"),
            ["argument"] = Mark("argument"),
        };

    internal HeldRun Run { get; private set; } = null!;

    internal AgentRunStatus End { get; private set; } = null!;

    /// <summary>The credentials that the model received with this run's requests.</summary>
    internal IReadOnlyList<string> Credentials { get; private set; } = [];

    /// <summary>The processes of the container whose memory has the key, and those whose memory has the variable.</summary>
    internal (IReadOnlyList<string> Key, IReadOnlyList<string> Variable) Memory { get; private set; }

    /// <summary>Places where the key was found: while the agent worked and after.</summary>
    internal IReadOnlyList<string> KeyPlaces { get; private set; } = [];

    /// <summary>Places where one of <see cref="Private"/> was found that are not the agent's own.</summary>
    internal IReadOnlyList<string> PrivatePlaces { get; private set; } = [];

    /// <summary>Places where one of <see cref="Private"/> was found that are the agent's own.</summary>
    internal IReadOnlyList<string> AgentsOwnPlaces { get; private set; } = [];

    /// <summary>What the node's own user could read of the bridge's process.</summary>
    internal string BridgeFromOutside { get; private set; } = "";

    /// <summary>The bridge's environment and limits, as root sees them.</summary>
    internal (string Environment, string Limits) BridgeProcess { get; private set; }

    /// <inheritdoc/>
    protected override async Task PlayAsync()
    {
        Run = await HeldRun.StartAsync(Scene, Yaml());
        await Run.HearAsync("seen");
        using var processes = await Run.Node.ProcessesAsync(Run.Run.Uid);
        var pids = processes.Alive().Keys.ToList();
        Memory = (MemorySearch.Find(pids, Key), MemorySearch.Find(pids, Private["variable"]));
        var keys = new List<string>(await SecretHunt.InContainerAsync(processes, Key));
        keys.AddRange(await HuntAsync(Key));
        var found = new List<string>(await HuntPrivateAsync());
        await LookAtBridgeAsync();

        Run.Tell("end");
        End = (await Run.Run.EndAsync()).Status;
        keys.AddRange(await HuntAsync(Key));
        found.AddRange(await HuntPrivateAsync());
        KeyPlaces = keys;
        AgentsOwnPlaces = [.. found.Where(IsAgentsOwn)];
        PrivatePlaces = [.. found.Where(place => !IsAgentsOwn(place))];
        Credentials = [.. Scene.ModelRequests(Prompt).Select(request => request["credentials"]!.ToJsonString())];
    }

    private string Prompt =>
        $"""
            @bash touch /workspace/seen; until [ -e /workspace/end ]; do sleep 0.05; done; echo "$WHISPER" | sha256sum | cut -c 1-64
            @echo-result
            {Mark("prompt")}
            """;

    private string Yaml() =>
        $$"""
            apiVersion: v1
            kind: Secret
            metadata:
              name: own
              annotations:
                stromboli.dev/use-as: model
            stringData:
              api-key: {{Key}}
            ---
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: traced
            spec:
              prompt: |
                {{Prompt.ReplaceLineEndings("\n    ")}}
              agent:
                claude:
                  dangerouslySkipPermissions: true
                  appendSystemPrompt: {{Mark("argument")}}
              model:
                credentialsSecretRef:
                  name: own
              env:
                - name: WHISPER
                  value: {{Mark("variable")}}
            """;

    // The agent may write what it has to its volumes and its output.
    private static bool IsAgentsOwn(string place) =>
        place.Contains("/volumes/", StringComparison.Ordinal) || place.EndsWith("-1/log", StringComparison.Ordinal);

    private async Task<IReadOnlyList<string>> HuntPrivateAsync()
    {
        var places = new List<string>();
        foreach (var (what, mark) in Private)
        {
            places.AddRange((await HuntAsync(mark)).Select(place => $"{what}: {place}"));
        }

        return places;
    }

    private async Task<IReadOnlyList<string>> HuntAsync(string secret)
    {
        var node = Run.Node.Node;
        var places = new List<string>(await SecretHunt.OnNodeAsync(Scene, Run.Run, secret));
        // Searched as root of this machine: the whole home of the node's user with the engine's storage, and the file systems in memory.
        var inside = string.Create(CultureInfo.InvariantCulture, $"/proc/{node.Machine.Podman.Pid}/root");
        places.AddRange(
            await SecretHunt.InFilesAsync(
                secret,
                [node.Machine.OutsideOf("/home/node"), $"{inside}/run", $"{inside}/tmp", $"{inside}/var/tmp", $"{inside}/dev/shm"]
            )
        );
        if (
            (await node.Machine.PodmanAsync("events", "--stream=false", "--since=10m", "--format=json")).Contains(
                secret,
                StringComparison.Ordinal
            )
        )
        {
            places.Add("podman events");
        }

        foreach (var pid in ProcessesOutside().Where(pid => Has(pid, "cmdline", secret) || Has(pid, "environ", secret)))
        {
            places.Add($"a process of the node: {await File.ReadAllTextAsync($"/proc/{pid}/comm")}");
        }
        // The object itself contains what its author wrote, so only the key is searched for in the cluster.
        if (secret == Key)
        {
            places.AddRange(await SecretHunt.InClusterAsync(Scene, Run.Run, secret));
        }

        return places;
    }

    // Bridge, engine, conmon: all processes of the node outside the container.
    private IEnumerable<int> ProcessesOutside()
    {
        var space = Link(Run.FirstPid);
        return Run.Node.Node.Machine.Processes.Processes().Where(pid => Link(pid) != space);
    }

    private static string? Link(int pid)
    {
        try
        {
            return File.ResolveLinkTarget(
                string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/pid"),
                returnFinalTarget: false
            )?.Name;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool Has(int pid, string file, string secret)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"))
                .Contains(secret, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task LookAtBridgeAsync()
    {
        var bridge = Run.Node.Node.Bridge.Pid;
        var script = string.Create(
            CultureInfo.InvariantCulture,
            $"for file in environ maps mem auxv; do head -c 1 /proc/{bridge}/$file; done; ls /proc/{bridge}/fd /proc/{bridge}/cwd/; ls /tmp | grep dotnet-diagnostic-{bridge}-"
        );
        BridgeFromOutside = (await Run.Node.Node.Machine.RunAsync(["sh", "-c", script + "; true"])).Output;
        BridgeProcess = (await File.ReadAllTextAsync($"/proc/{bridge}/environ"), await File.ReadAllTextAsync($"/proc/{bridge}/limits"));
    }
}
