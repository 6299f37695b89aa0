using System.Globalization;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Diffs;

/// <summary>What the shim of a diff's container runs: our script around git. Pure.</summary>
internal static class DiffCommand
{
    /// <summary>The path of the workspace in the diff's container, whatever its path in the agent's container.</summary>
    public const string Workspace = "/workspace";

    /// <summary>The most bytes of a diff.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    /// <summary>
    /// How much output the log keeps: more than <see cref="MostBytes"/> can be after gzip, with what the log adds to each line.
    /// </summary>
    private const long LogBytes = 32L * 1024 * 1024;

    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(200);

    private static readonly Lazy<string> Script = new(Read);

    /// <summary>
    /// git's configuration, the only one beside that of the repository which the script makes: no program is ever run, nothing is fetched,
    /// and files larger than a diff are not looked into.
    /// </summary>
    private static readonly IReadOnlyList<(string Key, string Value)> Configuration =
    [
        ("protocol.allow", "never"),
        ("core.hooksPath", "/dev/null"),
        ("core.fsmonitor", "false"),
        ("core.attributesFile", "/dev/null"),
        ("core.excludesFile", "/dev/null"),
        ("core.bigFileThreshold", "16m"),
        ("core.preloadIndex", "false"),
        ("submodule.recurse", "false"),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("pack.threads", "1"),
        ("index.threads", "1"),
        ("advice.addEmbeddedRepo", "false"),
    ];

    private static readonly IReadOnlyList<string> Variables =
    [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME=/tmp",
        "LANG=C.UTF-8",
        "GIT_CONFIG_NOSYSTEM=1",
        "GIT_CONFIG_GLOBAL=/dev/null",
        "GIT_ATTR_NOSYSTEM=1",
        "GIT_NO_REPLACE_OBJECTS=1",
        "GIT_NO_LAZY_FETCH=1",
        "GIT_TERMINAL_PROMPT=0",
        "GIT_PAGER=cat",
    ];

    /// <summary>The frame that lets the diff go.</summary>
    /// <param name="commit">The commit to compare with; empty for one without files.</param>
    /// <param name="pids">The limit of processes and threads of the container's user, the agent's included.</param>
    /// <param name="lease">How much of the lease is left.</param>
    public static ShimGo Build(string commit, int pids, TimeSpan lease) =>
        new()
        {
            // One byte more than is sent tells that there is more.
            Argv = ["/bin/sh", "-c", Script.Value, "diff", commit, (MostBytes + 1).ToString(CultureInfo.InvariantCulture)],
            Environment = [.. Variables, .. Configured()],
            Workdir = Workspace,
            Stdin = ReadOnlyMemory<byte>.Empty,
            Relays = [],
            LogBytes = LogBytes,
            StopGrace = StopGrace,
            Pids = pids,
            Lease = lease,
        };

    private static IEnumerable<string> Configured()
    {
        yield return $"GIT_CONFIG_COUNT={Configuration.Count}";
        for (var i = 0; i < Configuration.Count; i++)
        {
            yield return $"GIT_CONFIG_KEY_{i}={Configuration[i].Key}";
            yield return $"GIT_CONFIG_VALUE_{i}={Configuration[i].Value}";
        }
    }

    private static string Read()
    {
        using var stream = typeof(DiffCommand).Assembly.GetManifestResourceStream("diff.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
