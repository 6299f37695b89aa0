using System.Diagnostics;
using Stromboli.PodmanBridge.Podman;

namespace Stromboli.PodmanBridge.Tests.Podman;

/// <summary>
/// A real, rootless Podman with the images busybox, hostile and agent of the testbed. <c>STROMBOLI_TEST_PODMAN_DIR</c> (else the socket's own folder) is a
/// directory that the test and the engine both see at the same path.
/// </summary>
public sealed class PodmanFixture : IAsyncLifetime
{
    public const string Busybox = "registry.test/busybox:1";
    public const string Hostile = "registry.test/hostile:1";
    public const string Agent = "registry.test/agent:1";

    private readonly List<string> _containers = [];
    private readonly List<string> _volumes = [];

    internal static string Socket => Environment.GetEnvironmentVariable(PodmanFactAttribute.Variable) ?? "";

    internal PodmanClient Client { get; private set; } = null!;

    /// <summary>A fresh directory that the engine sees too.</summary>
    internal string Directory { get; private set; } = "";

    internal string NewName()
    {
        var name = "stromboli-test-" + Guid.NewGuid().ToString("N")[..12];
        Track(name);
        return name;
    }

    internal void Track(string container) => _containers.Add(container);

    internal void TrackVolume(string volume) => _volumes.Add(volume);

    /// <summary>A directory for sockets and logs that the engine's user owns.</summary>
    internal string NewDirectory(UnixFileMode mode = (UnixFileMode)0x1C9)
    {
        var path = Path.Combine(Directory, Guid.NewGuid().ToString("N")[..8]);
        System.IO.Directory.CreateDirectory(path);
        Own(path);
        File.SetUnixFileMode(path, mode);
        return path;
    }

    /// <summary>Gives a path to the user of the engine, when the test runs as root and the engine does not.</summary>
    internal static void Own(string path)
    {
        if (Environment.UserName != "root")
            return;
        using var chown = Process.Start("chown", ["-R", "--reference", Socket, path]);
        chown.WaitForExit();
    }

    public ValueTask InitializeAsync()
    {
        if (Socket.Length == 0)
            return ValueTask.CompletedTask;
        Client = new PodmanClient(Socket, TimeProvider.System);
        var parent = Environment.GetEnvironmentVariable("STROMBOLI_TEST_PODMAN_DIR") ?? Path.GetDirectoryName(Socket)!;
        Directory = Path.Combine(parent, "test-" + Guid.NewGuid().ToString("N")[..8]);
        System.IO.Directory.CreateDirectory(Directory);
        Own(Directory);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (Socket.Length == 0)
            return;
        foreach (var name in _containers)
            await Client.Containers.RemoveAsync(name, CancellationToken.None);
        foreach (var name in _volumes)
            await Client.Volumes.RemoveAsync(name, CancellationToken.None);
        System.IO.Directory.Delete(Directory, recursive: true);
        Client.Dispose();
    }
}
