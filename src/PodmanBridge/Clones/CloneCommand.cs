using Stromboli.Gateway.Git;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Clones;

/// <summary>What the shim of a clone's container runs: our script around git. It holds no secret. Pure.</summary>
internal static class CloneCommand
{
    /// <summary>
    /// The path of the workspace in the clone's container, whatever its path in the agent's container. It must not hide any part of the
    /// image.
    /// </summary>
    public const string Workspace = "/workspace";

    /// <summary>How much of git's output is kept, in bytes.</summary>
    private const long LogBytes = 64 * 1024;

    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(200);

    private static readonly Lazy<string> Script = new(Read);

    /// <summary>
    /// git's configuration, which overrides that of the image: no transport but the one to the gateway, no credential helper, no hook, no
    /// program that a repository's attributes could ask for, and no more threads than a small limit of processes allows. None of it is
    /// written into the clone.
    /// </summary>
    private static readonly IReadOnlyList<(string Key, string Value)> Configuration =
    [
        ("protocol.allow", "never"),
        ("protocol.http.allow", "always"),
        ("http.followRedirects", "false"),
        ("credential.helper", ""),
        ("core.hooksPath", "/dev/null"),
        ("core.fsmonitor", "false"),
        ("submodule.recurse", "false"),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("pack.threads", "2"),
        ("index.threads", "1"),
        ("advice.detachedHead", "false"),
    ];

    private static readonly IReadOnlyList<string> Variables =
    [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME=/tmp",
        "LANG=C.UTF-8",
        "GIT_CONFIG_NOSYSTEM=1",
        "GIT_CONFIG_GLOBAL=/dev/null",
        "GIT_ATTR_NOSYSTEM=1",
        "GIT_TERMINAL_PROMPT=0",
        "GIT_ASKPASS=/bin/false",
        "GIT_LFS_SKIP_SMUDGE=1",
        // The name in the reflog.
        "GIT_COMMITTER_NAME=Stromboli",
        "GIT_COMMITTER_EMAIL=stromboli@localhost",
    ];

    /// <summary>The frame that lets the clone go.</summary>
    /// <param name="source">What is cloned.</param>
    /// <param name="pushes">Whether the agent may push. The clone's own configuration then leads to the gateway as well.</param>
    /// <param name="pids">
    /// The run's limit of processes and threads. It applies here because the clone uses the run's place on the node.
    /// </param>
    /// <param name="lease">How much of the lease is left.</param>
    public static ShimGo Build(GitSource source, bool pushes, int pids, TimeSpan lease) =>
        Confined(
            [
                "/bin/sh",
                "-c",
                Script.Value,
                "clone",
                source.Url,
                source.Ref ?? "",
                $"{source.Depth}",
                pushes ? GitRoutes.Repository : "",
                GitRoutes.Address,
            ],
            [],
            // The clone's origin is the real address. git's requests go to the gateway, and the clone has no trace of that unless the agent
            // may push.
            [($"url.{GitRoutes.Repository}.insteadOf", source.Url)],
            pids,
            lease
        );

    /// <summary>The frame for a script around git that reaches only the gateway and runs no program but git.</summary>
    /// <param name="argv">The script with its arguments.</param>
    /// <param name="variables">Further variables.</param>
    /// <param name="configuration">Further configuration of git.</param>
    /// <param name="pids">The run's limit of processes and threads.</param>
    /// <param name="lease">How much of the lease is left.</param>
    public static ShimGo Confined(
        IReadOnlyList<string> argv,
        IReadOnlyList<string> variables,
        IReadOnlyList<(string Key, string Value)> configuration,
        int pids,
        TimeSpan lease
    ) =>
        new()
        {
            Argv = argv,
            Environment = [.. Variables, .. variables, .. Configured([.. Configuration, .. configuration])],
            Workdir = Workspace,
            Stdin = ReadOnlyMemory<byte>.Empty,
            Relays = [(GitRoutes.Port, GitRoutes.Socket)],
            LogBytes = LogBytes,
            StopGrace = StopGrace,
            Pids = pids,
            Lease = lease,
        };

    private static IEnumerable<string> Configured(IReadOnlyList<(string Key, string Value)> entries)
    {
        yield return $"GIT_CONFIG_COUNT={entries.Count}";
        for (var i = 0; i < entries.Count; i++)
        {
            yield return $"GIT_CONFIG_KEY_{i}={entries[i].Key}";
            yield return $"GIT_CONFIG_VALUE_{i}={entries[i].Value}";
        }
    }

    private static string Read()
    {
        using var stream = typeof(CloneCommand).Assembly.GetManifestResourceStream("clone.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
