using System.Diagnostics;

namespace Stromboli.Podman.Tests.Engines;

/// <summary>A client of the real Podman, and what a test class makes with it, removed at the end. Images: those of the testbed.</summary>
public sealed class PodmanFixture(RealPodman real) : IAsyncLifetime
{
    public const string Busybox = "registry.test/busybox:1";
    public const string Hostile = "registry.test/hostile:1";
    public const string Annotated = "registry.test/annotated:1";
    public const string Agent = "registry.test/agent:1";

    private readonly List<string> _containers = [];
    private readonly List<string> _volumes = [];

    internal RealPodman Real => real;

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

    /// <summary>A directory of the engine's user, mode 0711 unless told.</summary>
    internal string NewDirectory(UnixFileMode mode = (UnixFileMode)0b111_001_001)
    {
        var path = Path.Combine(Directory, Guid.NewGuid().ToString("N")[..8]);
        System.IO.Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, mode);
        Own(path);
        return path;
    }

    /// <summary>Gives a path to the user of the engine, when the test runs as root and the engine does not.</summary>
    internal void Own(string path)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }

        using var chown = Process.Start(
            new ProcessStartInfo("chown", ["-R", "--reference", real.Socket, path]) { UseShellExecute = false }
        )!;
        chown.WaitForExit();
    }

    public async ValueTask InitializeAsync()
    {
        if (RealPodman.Absence is not null)
        {
            return;
        }

        await real.StartAsync();
        Client = new PodmanClient(real.Socket, TimeProvider.System);
        Directory = Path.Combine(real.Shared, Guid.NewGuid().ToString("N")[..8]);
        System.IO.Directory.CreateDirectory(Directory);
        File.SetUnixFileMode(Directory, (UnixFileMode)0b111_101_101);
        Own(Directory);
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Length == 0)
        {
            return;
        }

        foreach (var name in _containers)
        {
            await Client.Containers.RemoveAsync(name, CancellationToken.None);
        }

        foreach (var name in _volumes)
        {
            await Client.Volumes.RemoveAsync(name, CancellationToken.None);
        }

        System.IO.Directory.Delete(Directory, recursive: true);
        Client.Dispose();
    }
}
