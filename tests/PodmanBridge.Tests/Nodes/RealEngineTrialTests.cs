using Stromboli.Podman;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.Testbed;

namespace Stromboli.PodmanBridge.Tests.Nodes;

/// <summary>The trial container on a real engine.</summary>
public sealed class RealEngineTrialTests(PodmanFixture podman) : IClassFixture<PodmanFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string Shim = Repository.At("src", "Shim", "build", "stromboli-shim");

    [PodmanFact]
    public async Task Problem_RealEngine_IsNoneAndNothingIsLeft()
    {
        var before = (await podman.Client.Images.ListAsync(None)).Count;

        Assert.Null(await ProblemAsync(podman.Client));

        Assert.Empty(
            await podman.Client.Containers.ListAsync(new Dictionary<string, string> { ["stromboli.dev/trial-for"] = "node-1" }, None)
        );
        Assert.Equal(before, (await podman.Client.Images.ListAsync(None)).Count);
    }

    [PodmanNodeFact]
    public async Task Problem_RuntimeThatFails_IsInTheEnginesWords()
    {
        var configuration = Path.Combine(podman.NewDirectory(), "containers.conf");
        await File.WriteAllTextAsync(configuration, "[engine]\nruntime = \"broken\"\n[engine.runtimes]\nbroken = [\"/bin/false\"]\n");
        await using var service = await PodmanServiceProcess.StartAsync(podman.Real.Node!, $"CONTAINERS_CONF={configuration}");

        Assert.StartsWith("Podman cannot run a container: ", await ProblemAsync(service.Client), StringComparison.Ordinal);
    }

    private async Task<string?> ProblemAsync(PodmanClient client)
    {
        if (!File.Exists(Shim))
        {
            Assert.Skip("there is no shim: make -C src/Shim");
        }

        var directory = podman.NewDirectory();
        var shim = Path.Combine(directory, "shim");
        File.Copy(Shim, shim);
        File.SetUnixFileMode(shim, (UnixFileMode)0b111_101_101);
        var files = ContainerFiles.Write(Path.Combine(podman.Directory, "files"));
        using var trial = new EngineTrial(
            client,
            client.Engine,
            new EngineTrial.Settings
            {
                Node = "node-1",
                ShimPath = shim,
                Files = () => files,
                Directory = podman.NewDirectory(),
            },
            TimeProvider.System
        );
        var enforced = NodeFactsRules
            .Facts(
                await client.System.InfoAsync(None),
                new NodeFactsOptions
                {
                    BridgeVersion = "0",
                    PodmanSocket = "",
                    MaxRuns = 1,
                    AllowsUnenforcedLimits = true,
                },
                null
            )
            .EnforcedLimits;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await trial.ProblemAsync("1", enforced, deadline.Token);
    }
}
