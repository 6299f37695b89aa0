using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Nodes;

/// <summary>
/// A separate machine as far as Podman can tell: a root and mounts of its own, an unprivileged user with subordinate ids, rootless Podman
/// with the test images. It shares this machine's network and process ids.
/// </summary>
public sealed class PodmanNode : IAsyncDisposable
{
    /// <summary>An image with git and a shell, for clones: the agent's image under another name, since that is a Debian with git.</summary>
    public const string GitImage = "registry.test/git:1";

    private readonly NodeLayout _layout;
    private readonly NodeHolder _holder;

    /// <summary>A node of a stack; not started yet.</summary>
    /// <param name="ordinal">A number of its own in the stack.</param>
    /// <param name="mounts">Folders of this machine that appear in it.</param>
    /// <param name="root">The root that it shares with others; <see cref="Artefacts.NodeRoot"/> if null.</param>
    public PodmanNode(StackHome home, string name, int ordinal, IReadOnlyList<NodeMount>? mounts = null, Artefact? root = null)
    {
        _layout = new NodeLayout(home, name, ordinal, root ?? Artefacts.NodeRoot);
        _holder = new NodeHolder(
            _layout,
            [.. Artefacts.Images.Select(images => new NodeMount(images.Folder, Inside(images))), .. mounts ?? []]
        );
        Podman = new PodmanService(_layout, _holder);
    }

    /// <summary>Its name.</summary>
    public string Name => _layout.Name;

    /// <summary>The Podman service; killing it leaves the containers running.</summary>
    public PodmanService Podman { get; }

    /// <summary>The user id under which Podman and the bridge run.</summary>
    public uint User => _layout.User;

    /// <summary>The first of the 65536 host ids that containers get.</summary>
    public uint FirstSubordinate => _layout.Subordinate;

    /// <summary>Names of further hosts that it resolves, with their addresses; written when it starts.</summary>
    public IReadOnlyDictionary<string, string> Hosts { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the node is up.</summary>
    public bool IsRunning => _holder.IsRunning;

    /// <summary>All processes of the node, containers too.</summary>
    public ControlGroup Processes => _layout.Group;

    internal NodeLayout Layout => _layout;

    internal int HolderPid => _holder.Pid;

    /// <summary>Starts the parts that do not run yet: the node with its images, and its Podman service.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (!_holder.IsRunning)
        {
            await WriteHostsAsync(cancellationToken);
        }

        await _holder.StartAsync(cancellationToken);
        if (Podman.IsRunning)
        {
            return;
        }

        var store = new ImageStore(_layout);
        if (!await store.TryFillAsync(cancellationToken) && await LoadAsync(cancellationToken))
        {
            await store.KeepAsync(cancellationToken);
        }
        // The first rootless Podman of a node makes the user namespace and runs as a child in it, where signals to its pid do not reach it.
        // The service must be a single process.
        (await RunAsync(["podman", "image", "exists", GitImage], cancellationToken: cancellationToken)).OrThrow(
            $"Looking for {GitImage} on {Name}"
        );
        await Podman.StartAsync(cancellationToken);
    }

    // A node that boots again already has them.
    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        var any = false;
        foreach (
            var (images, archive) in Artefacts.Images.SelectMany(images =>
                Directory.EnumerateFiles(images.Folder, "*.tar").Select(file => (images, Path.GetFileNameWithoutExtension(file)))
            )
        )
        {
            var image = $"registry.test/{archive}:1";
            if ((await RunAsync(["podman", "image", "exists", image], cancellationToken: cancellationToken)).Succeeded)
            {
                continue;
            }

            (
                await RunAsync(
                    ["podman", "load", "--quiet", "--input", $"{Inside(images)}/{archive}.tar"],
                    cancellationToken: cancellationToken
                )
            ).OrThrow($"Loading {image} on {Name}");
            any = true;
        }

        if (any)
        {
            (await RunAsync(["podman", "tag", "registry.test/agent:1", GitImage], cancellationToken: cancellationToken)).OrThrow(
                $"Naming {GitImage} on {Name}"
            );
        }

        return any;
    }

    private static string Inside(Artefact images) => $"/opt/images/{images.Key}";

    private Task WriteHostsAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_layout.State);
        return File.WriteAllLinesAsync(
            Path.Combine(_layout.State, "hosts"),
            Hosts.Select(host => $"{host.Value} {host.Key}"),
            cancellationToken
        );
    }

    /// <summary>Runs a command in the node as its user.</summary>
    /// <param name="onLine">Gets each line that the command prints, as soon as it does.</param>
    public Task<CommandResult> RunAsync(
        IEnumerable<string> command,
        string? input = null,
        Action<string>? onLine = null,
        CancellationToken cancellationToken = default
    )
    {
        var group = _layout.LeafGroup("init").Create();
        group.Delegate(_layout.User);
        string[] arguments =
        [
            "-c",
            """echo $$ > "$1/cgroup.procs" && shift && exec "$@" """,
            "enter",
            group.FullPath,
            .. _layout.Enter(_holder.Pid, command),
        ];
        return Command.RunAsync("/bin/sh", arguments, input, onLine: onLine, cancellationToken: cancellationToken);
    }

    /// <summary>Runs podman in the node; a failure throws.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> PodmanAsync(params string[] arguments) =>
        (await RunAsync(["podman", .. arguments])).OrThrow($"podman {string.Join(' ', arguments)} on {Name}").Output;

    /// <summary>Where a path below the node user's home is on this machine.</summary>
    public string OutsideOf(string path) => Path.Combine(_layout.UserHome, Path.GetRelativePath(NodeLayout.UserHomeInside, path));

    /// <summary>
    /// Ends every process of the node at once, with its containers, as a power failure does. The disk stays. <see cref="StartAsync"/> boots
    /// the node again.
    /// </summary>
    public Task CutPowerAsync(CancellationToken cancellationToken = default) => _layout.Group.EndAsync(cancellationToken);

    /// <summary>Freezes the whole node, as a suspend does.</summary>
    public void Freeze() => _layout.Group.Freeze();

    /// <summary>Undoes <see cref="Freeze"/>.</summary>
    public void Thaw() => _layout.Group.Thaw();

    /// <summary>Ends the node.</summary>
    public async ValueTask DisposeAsync()
    {
        await CutPowerAsync();
        await Podman.DisposeAsync();
        await _holder.DisposeAsync();
    }
}
