using Stromboli.Podman;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Containers;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.PodmanBridge.Tests.Containers;

/// <summary>A node loses its power. The container's own layer is configured so that it may be lost then.</summary>
public sealed class PowerCutTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [PodmanNodeFact]
    public async Task Remove_ContainerFromBeforeThePowerCut_LeavesNothing()
    {
        await using var home = StackHome.Temporary("power");
        var shared = Path.Combine(home.Sockets, "shared");
        Directory.CreateDirectory(shared);
        await using var node = new PodmanNode(home, "node-1", 1, [new NodeMount(shared, shared, Writable: true)]);
        await node.StartAsync();
        using var client = new PodmanClient(node.Podman.SocketPath, TimeProvider.System);
        var spec = await SpecAsync(client, shared);
        foreach (var volume in spec.Volumes)
        {
            await client.Volumes.CreateAsync(volume.Name, spec.Labels, SpecBuilder.UserID, None);
        }

        await client.Containers.CreateAsync(spec, None);
        await client.Containers.StartAsync(spec.Name, None);

        await node.CutPowerAsync();
        await node.StartAsync();

        Assert.False(await client.Containers.InspectAsync(spec.Name, None) is { State.Running: true });
        await client.Containers.RemoveAsync(spec.Name, None);
        Assert.Empty(await client.Containers.ListAsync(spec.Labels, None));
        Assert.Equal(2, (await client.Volumes.ListAsync(spec.Labels, None)).Count);
        foreach (var volume in spec.Volumes)
        {
            Assert.True(await client.Volumes.RemoveAsync(volume.Name, None));
        }

        // The name is free again, and the image is intact.
        await client.Containers.CreateAsync(spec, None);
        Assert.True(await client.Containers.RemoveAsync(spec.Name, None));
    }

    private static async Task<Stromboli.Podman.Models.SpecGenerator> SpecAsync(PodmanClient client, string shared)
    {
        var shim = Path.Combine(shared, "shim");
        await File.WriteAllTextAsync(shim, "#!/bin/sh\nsleep 600\n");
        File.SetUnixFileMode(shim, (UnixFileMode)0b111_101_101);
        var runs = Directory.CreateDirectory(Path.Combine(shared, "run"), (UnixFileMode)0b111_001_001);
        var logs = Directory.CreateDirectory(Path.Combine(shared, "logs"));
        File.SetUnixFileMode(logs.FullName, (UnixFileMode)0b111_111_111);
        var inputs = SpecBuilder.Inputs((await client.Images.InspectAsync(PodmanFixture.Busybox, None))!.ID) with
        {
            RunDirectory = runs.FullName,
            ShimPath = shim,
            ClaudeDirectory = null,
            LogPath = Path.Combine(logs.FullName, "log"),
            Files = ContainerFiles.Write(Path.Combine(shared, "files")),
        };
        return ContainerSpec.Build(SpecBuilder.Attempt(), inputs);
    }
}
