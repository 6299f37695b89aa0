using Stromboli.Podman.Models;
using Stromboli.Podman.Tests.Engines;

namespace Stromboli.Podman.Tests;

public sealed class EventsTests(PodmanFixture podman) : IClassFixture<PodmanFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [PodmanFact]
    public async Task Events_ContainerWithOurLabels_TellsHowItDied()
    {
        var image = (await podman.Client.Images.InspectAsync(PodmanFixture.Busybox, None))!.ID;
        var spec = Specs.Script(podman.NewName(), image, "exit 7");
        var other = Specs.Script(podman.NewName(), image, "exit 8");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listening = ReadAsync(spec.Labels, connected, deadline.Token);
        await connected.Task.WaitAsync(deadline.Token);

        foreach (var each in new[] { other, spec })
        {
            await podman.Client.Containers.CreateAsync(each, None);
            await podman.Client.Containers.StartAsync(each.Name, None);
            await podman.Client.Containers.WaitAsync(each.Name, deadline.Token);
            await podman.Client.Containers.RemoveAsync(each.Name, None);
        }

        var events = await listening;
        Assert.Equal(["died", "remove"], events.Select(e => e.Action));
        Assert.All(events, e => Assert.Equal(spec.Name, e.Actor!.Attributes!["name"]));
        Assert.Equal("7", events[0].Actor!.Attributes!["containerExitCode"]);
        Assert.Equal(spec.Labels["stromboli.dev/test"], events[0].Actor!.Attributes!["stromboli.dev/test"]);
    }

    /// <summary>The events of a container until it is removed.</summary>
    private async Task<List<ContainerEvent>> ReadAsync(
        IReadOnlyDictionary<string, string> labels,
        TaskCompletionSource connected,
        CancellationToken cancellationToken
    )
    {
        var events = new List<ContainerEvent>();
        await foreach (var e in podman.Client.System.EventsAsync(labels, () => connected.TrySetResult(), cancellationToken))
        {
            events.Add(e);
            if (e.Action == "remove")
            {
                break;
            }
        }
        return events;
    }
}
