using Stromboli.Podman.Tests.Engines;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

[assembly: AssemblyFixture(typeof(RealPodman))]

namespace Stromboli.Podman.Tests.Engines;

/// <summary>
/// The rootless Podman of all tests: a node of the testbed, started when the first test wants it; or, given <c>STROMBOLI_TEST_PODMAN</c>,
/// the one behind that socket, with <c>STROMBOLI_TEST_PODMAN_DIR</c> (else the socket's folder) a directory that both sides see at the same
/// path.
/// </summary>
public sealed class RealPodman : IAsyncDisposable
{
    private static readonly string? GivenSocket = Environment.GetEnvironmentVariable("STROMBOLI_TEST_PODMAN") is { Length: > 0 } path
        ? path
        : null;

    private readonly SemaphoreSlim _one = new(1, 1);
    private StackHome? _home;

    /// <summary>Why there is none; null if there is.</summary>
    public static string? Absence { get; } =
        GivenSocket is not null ? null
        : !Environment.IsPrivilegedProcess ? "a node of the testbed needs root; or name a Podman socket in STROMBOLI_TEST_PODMAN"
        : !Artefacts.NodeRoot.Exists || !Artefacts.AgentImage.Exists || !Artefacts.TestImages.Exists
            ? "the testbed is not set up: run make setup"
        : null;

    /// <summary>Why there is no node around it, in which a test may start things; null if there is.</summary>
    public static string? NodeAbsence { get; } = Absence ?? (GivenSocket is null ? null : "STROMBOLI_TEST_PODMAN names a socket only");

    /// <summary>The socket.</summary>
    public string Socket { get; private set; } = GivenSocket ?? "";

    /// <summary>A directory that the engine sees at the same path.</summary>
    public string Shared { get; private set; } = "";

    /// <summary>The node, if it is one of the testbed.</summary>
    public PodmanNode? Node { get; private set; }

    /// <summary>Starts it if it does not run.</summary>
    public async Task StartAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (Shared.Length > 0)
            {
                return;
            }

            if (GivenSocket is not null)
            {
                Shared = Environment.GetEnvironmentVariable("STROMBOLI_TEST_PODMAN_DIR") ?? Path.GetDirectoryName(GivenSocket)!;
                return;
            }
            _home = StackHome.Temporary("podman");
            var shared = Path.Combine(_home.Sockets, "shared");
            Directory.CreateDirectory(shared);
            Node = new PodmanNode(_home, "node-1", 1, [new NodeMount(shared, shared, Writable: true)]);
            await Node.StartAsync();
            Socket = Node.Podman.SocketPath;
            Shared = shared;
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Node is not null)
        {
            await Node.DisposeAsync();
        }

        if (_home is not null)
        {
            await _home.DisposeAsync();
        }

        _one.Dispose();
    }
}
