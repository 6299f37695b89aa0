using System.Net;
using Stromboli.Podman.Tests.Engines;

namespace Stromboli.Podman.Tests;

public sealed class PodmanClientTests(PodmanFixture podman) : IClassFixture<PodmanFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [PodmanFact]
    public async Task Absent_EveryResource_IsAValue()
    {
        Assert.Null(await podman.Client.Containers.InspectAsync("absent", None));
        Assert.False(await podman.Client.Containers.RemoveAsync("absent", None));
        Assert.False(await podman.Client.Containers.KillAsync("absent", "KILL", None));
        Assert.Null(await podman.Client.Containers.WaitAsync("absent", None));
        Assert.Null(await podman.Client.Volumes.InspectAsync("absent", None));
        Assert.False(await podman.Client.Volumes.RemoveAsync("absent", None));
        Assert.Null(await podman.Client.Images.InspectAsync("registry.test/absent:1", None));
        Assert.Empty(
            await podman.Client.Containers.ListAsync(new Dictionary<string, string> { ["stromboli.dev/run-uid"] = "absent" }, None)
        );
    }

    [PodmanFact]
    public async Task CreateVolume_Twice_TakesTheOneThatIsThere()
    {
        var labels = new Dictionary<string, string>
        {
            ["stromboli.dev/run-uid"] = Guid.NewGuid().ToString(),
            ["stromboli.dev/attempt"] = "1",
        };
        var name = podman.NewName();
        podman.TrackVolume(name);
        await podman.Client.Volumes.CreateAsync(name, labels, 20_001, None);
        await podman.Client.Volumes.CreateAsync(name, labels, 20_001, None);
        Assert.Equal(name, Assert.Single(await podman.Client.Volumes.ListAsync(labels, None)).Name);

        var others = new Dictionary<string, string>(labels) { ["stromboli.dev/attempt"] = "2" };
        var error = await Assert.ThrowsAsync<PodmanException>(() => podman.Client.Volumes.CreateAsync(name, others, 20_001, None));
        Assert.True(error.IsConflict);
        Assert.Empty(await podman.Client.Volumes.ListAsync(others, None));
        Assert.True(await podman.Client.Volumes.RemoveAsync(name, None));
    }

    [PodmanFact]
    public async Task Pull_NoSuchRegistry_ThrowsWhatTheEngineSays()
    {
        var error = await Assert.ThrowsAsync<PodmanException>(() =>
            podman.Client.Images.PullAsync("registry.invalid/none:1", "missing", null, null, None)
        );
        Assert.Contains("registry.invalid", error.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, error.Status);
    }

    /// <summary>What tells which images are in use, and by what names they go.</summary>
    [PodmanFact]
    public async Task ListContainers_WithoutLabels_AreAllWithTheirImages()
    {
        var image = (await podman.Client.Images.InspectAsync(PodmanFixture.Agent, None))!;
        var container = await podman.Client.Containers.CreateForReadingAsync(image.ID, new Dictionary<string, string>(), None);
        try
        {
            var listed = (await podman.Client.Images.ListAsync(None)).Single(summary => summary.ID == image.ID);
            Assert.Contains(PodmanFixture.Agent, listed.Names!);
            Assert.Equal(
                image.ID,
                (await podman.Client.Containers.ListAsync(new Dictionary<string, string>(), None))
                    .Single(summary => summary.ID == container)
                    .ImageID
            );
        }
        finally
        {
            await podman.Client.Containers.RemoveAsync(container, None);
        }
    }

    [PodmanFact]
    public async Task Info_RootlessEngine_TellsItsMappings()
    {
        var info = await podman.Client.System.InfoAsync(None);
        Assert.True(info.Host!.Security!.Rootless);
        Assert.NotEmpty(info.Host.IDMappings!.Users!);
        Assert.NotNull(info.Version!.Version);
    }
}
