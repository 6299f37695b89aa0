using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

/// <summary>
/// Creates containers with <see cref="ContainerSpec"/>. A program of the test takes the shim's place as their first process.
/// </summary>
internal sealed class ContainerFixture(PodmanFixture podman)
{
    private static readonly CancellationToken None = CancellationToken.None;

    private int _attempt;

    public SpecGenerator Spec(string imageID, string shim, params string[] enforced)
    {
        var uid = Guid.NewGuid().ToString();
        var inputs = SpecBuilder.Inputs(imageID, enforced) with
        {
            UID = uid,
            Attempt = ++_attempt,
            RunDirectory = podman.NewDirectory(),
            ShimPath = shim,
            ClaudeDirectory = null,
            LogPath = Path.Combine(podman.NewDirectory(), "log"),
            Files = ContainerFiles.Write(Path.Combine(podman.Directory, "files")),
        };
        podman.Own(podman.Directory);
        var spec = ContainerSpec.Build(SpecBuilder.Attempt() with { CpuMillis = 1000 }, inputs);
        podman.Track(spec.Name);
        foreach (var volume in spec.Volumes)
        {
            podman.TrackVolume(volume.Name);
        }

        return spec;
    }

    public async Task<SpecGenerator> SpecAsync(string image, string shim, params string[] enforced) =>
        Spec((await podman.Client.Images.InspectAsync(image, None))!.ID, shim, enforced);

    /// <summary>A static program that runs a script of the image's shell, so that it can take the shim's place.</summary>
    public string Script(string text)
    {
        var path = Path.Combine(podman.NewDirectory(), "script");
        File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode(path, (UnixFileMode)0x1ED);
        return path;
    }

    public async Task CreateAsync(SpecGenerator spec, PodmanClient? client = null)
    {
        client ??= podman.Client;
        foreach (var volume in spec.Volumes)
        {
            await client.Volumes.CreateAsync(volume.Name, spec.Labels, SpecBuilder.UserID, None);
        }

        await client.Containers.CreateAsync(spec, None);
    }

    /// <summary>Runs the container to its end and returns its exit code and what it wrote.</summary>
    public async Task<(int? Code, string Output)> RunAsync(SpecGenerator spec)
    {
        await CreateAsync(spec);
        await podman.Client.Containers.StartAsync(spec.Name, None);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var code = await podman.Client.Containers.WaitAsync(spec.Name, deadline.Token);
        var lines = await File.ReadAllLinesAsync(spec.Log.Path);
        return (code, string.Join('\n', lines.Select(l => l.Split(' ', 4) is [_, _, _, var text] ? text : "")));
    }

    /// <summary>
    /// The differences of a started container according to the runtime's configuration, which is in the engine's own folder.
    /// </summary>
    public async Task<IReadOnlyList<string>> CompareRuntimeAsync(SpecGenerator spec, PodmanClient? client = null)
    {
        var started = (await (client ?? podman.Client).Containers.InspectAsync(spec.Name, None))!;
        var seen = podman.Real.Node is { } node ? started with { OciConfigPath = node.OutsideOf(started.OciConfigPath!) } : started;
        return await OciConfigCheck.CompareAsync(spec, seen, None);
    }
}
