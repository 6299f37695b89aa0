using System.Globalization;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Nodes;

/// <summary>The paths and ids of a node, on this machine and inside the node, and the way to enter it.</summary>
/// <param name="Home">The stack.</param>
/// <param name="Name">The node's name.</param>
/// <param name="Ordinal">A number of its own in the stack. The node's user follows from it, so that nodes share no per-user quota of the
/// kernel (keyrings, inotify).</param>
/// <param name="Root">The root that it shares with others.</param>
internal sealed record NodeLayout(StackHome Home, string Name, int Ordinal, Artefact Root)
{
    /// <summary>The unprivileged user of the node.</summary>
    public uint User => 59000 + (uint)Ordinal;

    /// <summary>The first of the user's 65536 subordinate ids; far from what adduser and systemd give out.</summary>
    public uint Subordinate => 2_000_000_000 + (65536 * (uint)Ordinal);

    /// <summary>What the node writes.</summary>
    public string State => Path.Combine(Home.State, "nodes", Name);

    /// <summary>The user's home, as this machine sees it.</summary>
    public string UserHome => Path.Combine(State, "home");

    /// <summary>The user's home, as the node sees it.</summary>
    public const string UserHomeInside = "/home/node";

    /// <summary>The folder of the Podman socket, as this machine sees it.</summary>
    public string SocketFolder => Path.Combine(Home.Sockets, Name);

    /// <summary>The Podman socket, as the node sees it.</summary>
    public const string PodmanSocketInside = "/run/podman/podman.sock";

    /// <summary>The user's XDG_RUNTIME_DIR in the node.</summary>
    public string RuntimeFolderInside => string.Create(CultureInfo.InvariantCulture, $"/run/user/{User}");

    /// <summary>Everything in the node, containers too, is in this group or below it.</summary>
    public ControlGroup Group => ControlGroup.Of(Home.Id, Name);

    /// <summary>The group of one of the node's own processes.</summary>
    public ControlGroup LeafGroup(string leaf) => ControlGroup.Of(Home.Id, Name, leaf);

    /// <summary>A command line that runs <paramref name="command"/> in the node as its user, with an environment of its own.</summary>
    /// <param name="holder">The process that holds the node's mount namespace.</param>
    public IReadOnlyList<string> Enter(int holder, IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var user = User.ToString(CultureInfo.InvariantCulture);
        string[] variables =
        [
            $"HOME={UserHomeInside}",
            "USER=node",
            "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            $"XDG_RUNTIME_DIR={RuntimeFolderInside}",
            "LANG=C.UTF-8",
            .. (environment ?? new Dictionary<string, string>()).Select(pair => $"{pair.Key}={pair.Value}"),
        ];
        return
        [
            "nsenter",
            string.Create(CultureInfo.InvariantCulture, $"--mount=/proc/{holder}/ns/mnt"),
            "--",
            "env",
            "--ignore-environment",
            .. variables,
            "setpriv",
            "--reuid",
            user,
            "--regid",
            user,
            "--init-groups",
            "--inh-caps=-all",
            .. command,
        ];
    }
}
