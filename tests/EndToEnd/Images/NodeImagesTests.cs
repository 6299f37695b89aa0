using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Images;

/// <summary>The images in an AgentNode's status, and that their contents decide what can run in them.</summary>
public sealed class NodeImagesTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string NodePath = "/apis/stromboli.dev/v1alpha1/agentnodes/node-1";

    // A status is written at most once in ten seconds.
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Images_OfAllKinds_AreListedAndUsedByTheirContents()
    {
        var scene = await OnPrivateStackAsync(new StackOptions());
        var node = scene.Inspect("node-1").Node.Machine;
        await BuildAllAsync(node);

        var images = await ListedAsync(
            scene,
            list =>
                list.Count(image => image["name"]!.ToString().StartsWith("kinds.test/", StringComparison.Ordinal)) == 7
                && list.All(IsLookedInto)
        );

        foreach (
            var (name, compatibility, says) in new[]
            {
                ("registry.test/agent:1", "Compatible", null),
                ("kinds.test/least:1", "Compatible", null),
                ("registry.test/busybox:1", "Incompatible", "it has no C library at all"),
                ("kinds.test/empty:1", "Incompatible", "it has no C library at all"),
                ("kinds.test/musl:1", "Incompatible", "it is built with musl"),
                ("kinds.test/disguised:1", "Incompatible", "is not that of glibc"),
                ("kinds.test/arm64:1", "Incompatible", "it is for AArch64"),
                ("kinds.test/loader:1", "Incompatible", "but no libc.so.6"),
                ("kinds.test/old:1", "Incompatible", "its glibc is 2.11, and the CLI needs 2."),
            }
        )
        {
            var image = images.Single(image => image["name"]?.ToString() == name);
            Assert.Equal((name, compatibility), (name, image["compatibility"]?.ToString()));
            Assert.Contains(says ?? "", image["message"]?.ToString() ?? "");
            Assert.True(image["size"]!.GetValue<long>() > 0);
            Assert.Equal(64, image["id"]!.ToString().Length);
        }

        var agent = images.Single(image => image["name"]?.ToString() == "registry.test/agent:1");
        Assert.Equal(["bash", "git"], agent["tools"]!.AsArray().Select(tool => tool!.ToString()));
        Assert.Equal("1", images.Single(image => image["name"]?.ToString() == "registry.test/hostile:1")["labels"]!["hostile"]!.ToString());

        // The CLI runs in the image that has only glibc. In all others it is refused before it calls a model.
        Assert.Equal(
            (RunPhase.Succeeded, "done"),
            await ClaudeAsync(scene, "least") is { } least ? (least.Phase, least.Result?.Text) : default
        );
        foreach (var kind in new[] { "musl", "disguised", "empty", "loader", "arm64", "old" })
        {
            var status = await ClaudeAsync(scene, kind);
            Assert.Equal((kind, RunReason.ImageIncompatible), (kind, status.Reason));
            Assert.Contains("Use an image with glibc", status.Message);
        }

        Assert.Single(scene.ModelRequests("@say done"));
    }

    [Fact]
    public async Task Images_ComeAndGo_FollowTheEngineAndEachIsInspectedOnce()
    {
        var scene = await OnPrivateStackAsync(new StackOptions());
        var node = scene.Inspect("node-1").Node;
        var names = (await node.Machine.PodmanAsync("images", "--format", "{{.Repository}}:{{.Tag}}"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Length;
        var first = await ListedAsync(scene, list => list.Count == names && list.All(IsLookedInto));
        // One image may have two names.
        var images = first.Select(image => image["id"]!.ToString()).Distinct().Count();

        await node.Machine.PodmanAsync("tag", "registry.test/busybox:1", "kinds.test/tagged:1");
        await ListedAsync(scene, list => list.Any(image => image["name"]?.ToString() == "kinds.test/tagged:1"));
        await node.Machine.PodmanAsync("rmi", "kinds.test/tagged:1");
        await ListedAsync(scene, list => list.All(image => image["name"]?.ToString() != "kinds.test/tagged:1"));

        // One for each image, even after a restart of the bridge, and none is left.
        await node.Bridge.RestartAsync();
        await ListedAsync(scene, list => list.Count == names);
        Assert.Equal(images, await ReadersAsync(node.Machine));
        Assert.Equal(
            "",
            (await node.Machine.PodmanAsync("ps", "--all", "--quiet", "--filter", "label=stromboli.dev/reads-image-for=node-1")).Trim()
        );

        // Unchanged status is not written again.
        var version = (await scene.Stack.Http.GetAsync(NodePath))!["metadata"]!["resourceVersion"]!.ToString();
        await node.Machine.PodmanAsync("tag", "registry.test/busybox:1", "kinds.test/tagged:1");
        await node.Machine.PodmanAsync("rmi", "kinds.test/tagged:1");
        await node.Machine.PodmanAsync("tag", "registry.test/agent:1", "kinds.test/last:1");
        var after = await ListedAsync(scene, list => list.Any(image => image["name"]?.ToString() == "kinds.test/last:1"));
        Assert.DoesNotContain(after, image => image["name"]?.ToString() == "kinds.test/tagged:1");
        Assert.NotEqual(version, (await scene.Stack.Http.GetAsync(NodePath))!["metadata"]!["resourceVersion"]!.ToString());
        Assert.Equal(images, await ReadersAsync(node.Machine));
    }

    [Fact]
    public async Task Pulled_ImageWithoutGlibc_IsIncompatibleEvenBeforeItIsInspected()
    {
        var scene = await OnSharedStackAsync();
        var registries = await Registries.OfAsync(scene);
        var image = await registries.PushAsync(registries.Open, $"{scene.Namespace}/box:1", "box");

        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: pulled
            spec:
              prompt: "@say done"
              image: {{image}}
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunReason.ImageIncompatible, status.Reason);
        Assert.Contains("ld-linux", status.Message);
    }

    private static bool IsLookedInto(JsonNode image) => image["tools"] is not null;

    private static async Task BuildAllAsync(PodmanNode node)
    {
        var musl = await File.ReadAllBytesAsync(Artefacts.Musl.At("libc.so"), Cancelled);
        var foreign = new byte[64];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(foreign);
        (foreign[16], foreign[18]) = (3, 183);
        var word = "a file"u8.ToArray();
        await Workshop.BuildAsync(
            node,
            "kinds.test/musl:1",
            "FROM registry.test/busybox:1\nCOPY ld /lib/ld-musl-x86_64.so.1\n",
            new Dictionary<string, byte[]> { ["ld"] = musl }
        );
        await Workshop.BuildAsync(
            node,
            "kinds.test/disguised:1",
            "FROM registry.test/busybox:1\nCOPY ld /lib64/ld-linux-x86-64.so.2\n",
            new Dictionary<string, byte[]> { ["ld"] = musl }
        );
        await Workshop.BuildAsync(
            node,
            "kinds.test/loader:1",
            "FROM registry.test/agent:1 AS whole\nFROM scratch\nCOPY --from=whole /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 /lib64/\n",
            new Dictionary<string, byte[]>()
        );
        await Workshop.BuildAsync(
            node,
            "kinds.test/empty:1",
            "FROM scratch\nCOPY word /word\n",
            new Dictionary<string, byte[]> { ["word"] = word }
        );
        await Workshop.BuildAsync(
            node,
            "kinds.test/arm64:1",
            "FROM scratch\nCOPY ld /lib/ld-linux-aarch64.so.1\n",
            new Dictionary<string, byte[]> { ["ld"] = foreign },
            "--platform",
            "linux/arm64"
        );
        const string least = """
            FROM registry.test/agent:1 AS whole
            FROM scratch
            COPY --from=whole /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 /lib64/
            COPY --from=whole /usr/lib/x86_64-linux-gnu/libc.so.6 /usr/lib/x86_64-linux-gnu/libm.so.6 /usr/lib/x86_64-linux-gnu/libdl.so.2 /usr/lib/x86_64-linux-gnu/libpthread.so.0 /usr/lib/x86_64-linux-gnu/librt.so.1 /lib/x86_64-linux-gnu/
            """;
        await Workshop.BuildAsync(node, "kinds.test/least:1", least, new Dictionary<string, byte[]>());
        await Workshop.BuildAsync(
            node,
            "kinds.test/old:1",
            "FROM kinds.test/least:1\nCOPY libc /lib/x86_64-linux-gnu/libc.so.6\n",
            new Dictionary<string, byte[]> { ["libc"] = await OldLibraryAsync() }
        );
    }

    // A C library without versions after 2.11: this machine's, with the later ones renamed.
    private static async Task<byte[]> OldLibraryAsync()
    {
        var library = await File.ReadAllBytesAsync("/lib/x86_64-linux-gnu/libc.so.6", Cancelled);
        for (var minor = 12; minor < 100; minor++)
        {
            var name = System.Text.Encoding.ASCII.GetBytes($"\0GLIBC_2.{minor}\0");
            for (var at = library.AsSpan().IndexOf(name); at >= 0; at = library.AsSpan().IndexOf(name))
            {
                "GLIBC_2.10"u8.CopyTo(library.AsSpan(at + 1));
            }
        }

        return library;
    }

    private static async Task<AgentRunStatus> ClaudeAsync(Scene scene, string kind)
    {
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{kind}}
            spec:
              prompt: "@say done"
              image: kinds.test/{{kind}}:1
            """
        );
        return (await run.EndAsync()).Status;
    }

    private static async Task<IReadOnlyList<JsonNode>> ListedAsync(Scene scene, Func<IReadOnlyList<JsonNode>, bool> condition)
    {
        IReadOnlyList<JsonNode> images = [];
        try
        {
            await Poll.UntilAsync(
                "the AgentNode lists its images",
                Within,
                async token =>
                {
                    images =
                    [
                        .. (await scene.Stack.Http.GetAsync(NodePath, token))!["status"]?["images"]?.AsArray().Select(image => image!)
                            ?? [],
                    ];
                    return condition(images);
                }
            );
            return images;
        }
        catch (TestbedException e)
        {
            throw new TestbedException($"{e.Message} It lists {string.Join('\n', images.Select(image => image.ToJsonString()))}", e);
        }
    }

    // How many containers were ever made to inspect images, from the engine's events.
    private static async Task<int> ReadersAsync(PodmanNode node)
    {
        string[] filters =
        [
            "--filter",
            "type=container",
            "--filter",
            "event=create",
            "--filter",
            "label=stromboli.dev/reads-image-for=node-1",
        ];
        return (await node.PodmanAsync(["events", "--stream=false", "--since", "1h", .. filters]))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Length;
    }
}
