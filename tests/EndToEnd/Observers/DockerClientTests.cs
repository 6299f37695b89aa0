using System.Collections.Concurrent;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Observers;

/// <summary>
/// What Docker's tools see of a run's container, over Podman's Docker-compatible socket: a confined container, and no secret.
/// </summary>
public sealed class DockerClientTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task RunningAgent_SeenByDockerClient_IsConfinedAndShowsNoSecret()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: v1
            kind: Secret
            metadata:
              name: whisper
              annotations: {stromboli.dev/use-as: env}
            stringData: {key: kept-{{scene.Namespace}} }
            ---
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: docker
            spec:
              prompt: |
                @bash tail -f /dev/null
                # hushed-{{scene.Namespace}}
              agent:
                claude:
                  dangerouslySkipPermissions: true
              env:
                - name: WHISPER
                  value: whispered-{{scene.Namespace}}
                - name: KEPT
                  valueFrom:
                    secretKeyRef: {name: whisper, key: key}
            """
        );
        await run.RunningAsync();
        var node = scene.NodeOf(run);
        using var processes = await node.ProcessesAsync(run.Uid);
        await Poll.UntilAsync(
            "the tool runs",
            Poll.Timeout,
            () => processes.Alive().Values.Any(command => command.StartsWith("tail -f", StringComparison.Ordinal))
        );
        using var docker = new DockerClientBuilder().WithEndpoint(new Uri($"unix://{node.Node.Machine.Podman.SocketPath}")).Build();

        var listed = Assert.Single(await docker.Containers.ListContainersAsync(Labelled(run), Cancelled));
        var inspected = await docker.Containers.InspectContainerAsync(listed.ID, Cancelled);

        Assert.Equal(Assert.Single(await node.ContainersAsync(run.Uid))["Id"]!.ToString(), listed.ID);
        Assert.True(inspected.State!.Running);
        Assert.Equal("none", inspected.HostConfig!.NetworkMode);
        Assert.True(inspected.HostConfig.ReadonlyRootfs);
        Assert.False(inspected.HostConfig.Privileged);
        Assert.Empty(inspected.HostConfig.CapAdd ?? []);
        await Poll.UntilAsync(
            "the events tell of the container",
            Poll.Timeout,
            async _ => (await EventsAsync(docker, listed.ID)).Contains(run.Uid, StringComparison.Ordinal)
        );
        var shown = await EverythingAsync(docker, listed, inspected);
        foreach (
            var secret in new[]
            {
                scene.Stack.ModelKey,
                $"whispered-{scene.Namespace}",
                $"kept-{scene.Namespace}",
                $"hushed-{scene.Namespace}",
            }
        )
        {
            Assert.DoesNotContain(shown, place => place.Value.Contains(secret, StringComparison.Ordinal));
        }

        // The search finds what is there.
        Assert.Contains(shown, place => place.Key == "processes" && place.Value.Contains("tail", StringComparison.Ordinal));
        Assert.Contains(shown, place => place.Key == "events" && place.Value.Contains(run.Uid, StringComparison.Ordinal));

        await scene.PatchAsync(run, "spec: {cancel: true}");
        await run.EndAsync();
        await node.ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
        Assert.Empty(await docker.Containers.ListContainersAsync(Labelled(run), Cancelled));
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() => docker.Containers.InspectContainerAsync(listed.ID, Cancelled));
    }

    private static ContainersListParameters Labelled(RunHistory run) =>
        new()
        {
            All = true,
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["label"] = new Dictionary<string, bool> { [$"stromboli.dev/run-uid={run.Uid}"] = true },
            },
        };

    // Whatever a person with Docker's tools can ask about a container, without entering it.
    private static async Task<IReadOnlyDictionary<string, string>> EverythingAsync(
        DockerClient docker,
        ContainerListResponse listed,
        ContainerInspectResponse inspected
    ) =>
        new Dictionary<string, string>
        {
            ["list"] = JsonSerializer.Serialize(listed),
            ["inspect"] = JsonSerializer.Serialize(inspected),
            ["processes"] = JsonSerializer.Serialize(
                await docker.Containers.ListProcessesAsync(listed.ID, new() { PsArgs = "-ef" }, Cancelled)
            ),
            ["logs"] = await LogsAsync(docker, listed.ID),
            ["changes"] = JsonSerializer.Serialize(await docker.Containers.InspectChangesAsync(listed.ID, Cancelled)),
            ["volumes"] = JsonSerializer.Serialize(await docker.Volumes.ListAsync(Cancelled)),
            ["networks"] = JsonSerializer.Serialize(await docker.Networks.ListNetworksAsync(cancellationToken: Cancelled)),
            ["image"] = JsonSerializer.Serialize(await docker.Images.InspectImageAsync(listed.ImageID, Cancelled)),
            ["info"] = JsonSerializer.Serialize(await docker.System.GetSystemInfoAsync(Cancelled)),
            ["events"] = await EventsAsync(docker, listed.ID),
        };

    private static async Task<string> LogsAsync(DockerClient docker, string id)
    {
        using var logs = await docker.Containers.GetContainerLogsAsync(id, new() { ShowStdout = true, ShowStderr = true }, Cancelled);
        var (output, errors) = await logs.ReadOutputToEndAsync(Cancelled);
        return output + errors;
    }

    private static async Task<string> EventsAsync(DockerClient docker, string id)
    {
        var parameters = new ContainerEventsParameters
        {
            Since = "0",
            // The engine reads whole seconds.
            Until = DateTimeOffset.UtcNow.AddSeconds(2).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
            Filters = new Dictionary<string, IDictionary<string, bool>> { ["container"] = new Dictionary<string, bool> { [id] = true } },
        };
        var events = new Collected();
        await docker.System.MonitorEventsAsync(parameters, events, Cancelled);
        return string.Join('\n', events.Messages.Select(message => JsonSerializer.Serialize(message)));
    }

    private sealed class Collected : IProgress<Message>
    {
        public ConcurrentQueue<Message> Messages { get; } = [];

        public void Report(Message value) => Messages.Enqueue(value);
    }
}
