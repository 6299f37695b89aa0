using System.Net.Sockets;
using System.Text.Json.Nodes;
using Stromboli.Testbed;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Harness;

/// <summary>What Podman and the kernel of a node tell about a run, by its UID, without bridge and operator.</summary>
public sealed class NodeInspector : IDisposable
{
    private const string RunLabel = "stromboli.dev/run-uid";
    private readonly HttpClient _libpod;

    internal NodeInspector(StackNode node)
    {
        Node = node;
        var handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync };
        _libpod = new HttpClient(new RepeatTornReads(handler))
        {
            BaseAddress = new Uri("http://podman/v5.0.0/libpod/"),
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    /// <summary>The node.</summary>
    public StackNode Node { get; }

    /// <summary><c>podman ps --all</c>: the run's containers.</summary>
    public Task<IReadOnlyList<JsonNode>> ContainersAsync(string uid) =>
        ListAsync($"containers/json?all=true&filters={Filter("label", $"{RunLabel}={uid}")}");

    /// <summary><c>podman inspect</c> of the run's one container.</summary>
    public async Task<JsonNode> InspectAsync(string uid) =>
        await GetAsync($"containers/{Assert.Single(await ContainersAsync(uid))["Id"]}/json")
        ?? throw new InvalidOperationException("The engine said null.");

    /// <summary><c>podman inspect</c> of all the run's containers.</summary>
    public async Task<IReadOnlyList<JsonNode>> InspectAllAsync(string uid)
    {
        var found = new List<JsonNode>();
        foreach (var container in await ContainersAsync(uid))
        {
            found.Add(await GetAsync($"containers/{container["Id"]}/json") ?? throw new InvalidOperationException("The engine said null."));
        }

        return found;
    }

    /// <summary>Waits until the run has no container.</summary>
    /// <exception cref="TestbedException">It still has one at the deadline.</exception>
    public Task ContainerIsRemovedAsync(string uid, TimeSpan within) =>
        Poll.UntilAsync($"the container of {uid} is removed from {Node.Name}", within, async _ => (await ContainersAsync(uid)).Count == 0);

    /// <summary><c>podman volume ls</c>: the run's volumes, by name.</summary>
    public async Task<IReadOnlyList<string>> VolumesAsync(string uid) =>
        [
            .. (await ListAsync("volumes/json"))
                .Select(volume => volume["Name"]!.ToString())
                .Where(name => name.Contains(uid, StringComparison.Ordinal)),
        ];

    /// <summary>How many containers were ever created for the run, from the engine's events.</summary>
    public async Task<int> CreatedAsync(string uid)
    {
        var lines = await _libpod.GetStringAsync(
            new Uri($"events?stream=false&since=0&filters={Filter("event", "create")}", UriKind.Relative)
        );
        return lines
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Count(line => JsonNode.Parse(line)!["Actor"]?["Attributes"]?[RunLabel]?.ToString() == uid);
    }

    /// <summary>The processes of the run's only container. The result can tell later whether they are gone.</summary>
    public async Task<ContainerProcesses> ProcessesAsync(string uid)
    {
        var container = await InspectAsync(uid);
        return new ContainerProcesses(container["Id"]!.ToString(), container["State"]!["Pid"]!.GetValue<int>());
    }

    /// <summary>
    /// Runs a command in the run's container as the container's user, and returns its result. The command needs a full path: the container
    /// has no PATH.
    /// </summary>
    public async Task<Testbed.Processes.CommandResult> ExecAsync(string uid, params string[] command) =>
        await Node.Machine.RunAsync(["podman", "exec", Assert.Single(await ContainersAsync(uid))["Id"]!.ToString(), .. command]);

    /// <summary>Everything of the run on the node: containers, volumes, and files named after it in the bridge's folders.</summary>
    public async Task<IReadOnlyList<string>> LeftoversAsync(string uid)
    {
        var files = await Node.Machine.RunAsync([
            "sh",
            "-c",
            $"find /run/user/{Node.Machine.User}/stromboli /home/node/stromboli/state -name '*{uid}*' 2>/dev/null; true",
        ]);
        return
        [
            .. (await ContainersAsync(uid)).Select(container => $"container {container["Names"]?[0]} {container["State"]}"),
            .. (await VolumesAsync(uid)).Select(volume => $"volume {volume}"),
            .. files.OrThrow("find").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(file => $"file {file}"),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _libpod.Dispose();

    private static string Filter(string key, string value) =>
        Uri.EscapeDataString(new JsonObject { [key] = new JsonArray(value) }.ToJsonString());

    private async Task<JsonNode?> GetAsync(string path) => JsonNode.Parse(await _libpod.GetStringAsync(new Uri(path, UriKind.Relative)));

    private async Task<IReadOnlyList<JsonNode>> ListAsync(string path) =>
        [.. (await GetAsync(path) as JsonArray ?? []).Select(item => item!)];

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Node.Machine.Podman.SocketPath), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
