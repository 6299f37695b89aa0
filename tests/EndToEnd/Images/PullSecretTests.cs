using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Basics;
using Stromboli.EndToEnd.Credentials;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Images;

/// <summary>Images of a real registry that requires a login. The node's own user is logged in to it all the time.</summary>
public sealed class PullSecretTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Secret_ThatTheRegistryAccepts_PullsAndIsNowhereAfterwards()
    {
        var scene = await OnSharedStackAsync();
        var registries = await Registries.OfAsync(scene);
        var image = await registries.PushAsync(registries.Private, $"{scene.Namespace}/agent:1", scene.Namespace);
        await scene.ApplyAsync(registries.SecretYaml("login"));

        var run = await scene.ApplyRunAsync(ImageRun.Yaml("private", image, null, "login"));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, scene.Namespace), (status.Phase, status.Result?.Text));
        StateRules.AssertHold(run.States);
        Assert.Empty(await SecretHunt.OnNodeAsync(scene, run, Registries.Password));
        Assert.Empty(await SecretHunt.InClusterAsync(scene, run, Registries.Password));
        var machine = scene.NodeOf(run).Node.Machine;
        // Also in the folder where libpod puts a file of credentials.
        Assert.Empty(await SecretHunt.InFilesAsync(Registries.Password, [machine.OutsideOf("/home/node")]));
        var node = await machine.RunAsync(
            ["grep", "-rlF", "-f", "-", "/tmp", "/var/tmp", $"/run/user/{machine.User}"],
            Registries.Password + "\n"
        );
        Assert.Equal("", node.Output);
    }

    [Fact]
    public async Task None_RegistryRequiresALogin_FailsAlthoughTheNodesUserHasOne()
    {
        var scene = await OnSharedStackAsync();
        var registries = await Registries.OfAsync(scene);
        var image = await registries.PushAsync(registries.Private, $"{scene.Namespace}/agent:1", scene.Namespace);

        var status = (await (await scene.ApplyRunAsync(ImageRun.Yaml("without", image))).EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.ImagePullFailed), (status.Phase, status.Reason));
        Assert.Contains(image, status.Message);
        Assert.Contains("requires a login", status.Message);
        // Podman by itself uses the login. Otherwise the case would prove nothing.
        var machine = scene.Inspect("node-1").Node.Machine;
        await machine.PodmanAsync("pull", "--quiet", image);
    }

    [Theory]
    [InlineData("wrong", "refuses the login")]
    [InlineData(null, "no Secret of spec.imagePullSecrets has one for it")]
    public async Task Secret_ThatTheRegistryRefuses_FailsAndSaysSo(string? password, string says)
    {
        var scene = await OnSharedStackAsync();
        var registries = await Registries.OfAsync(scene);
        var image = await registries.PushAsync(registries.Private, $"{scene.Namespace}/agent:1", scene.Namespace);
        var secret = registries.SecretYaml("login", password: password ?? Registries.Password);
        await scene.ApplyAsync(password is null ? ForAnotherRegistry("login") : secret);

        var status = (await (await scene.ApplyRunAsync(ImageRun.Yaml("refused", image, null, "login"))).EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.ImagePullFailed), (status.Phase, status.Reason));
        Assert.Contains(says, status.Message);
        Assert.DoesNotContain("alice", status.Message);
    }

    [Fact]
    public async Task Secret_MissingAndThenNotAllowed_IsWaitedFor()
    {
        var scene = await OnSharedStackAsync();
        var registries = await Registries.OfAsync(scene);
        var image = await registries.PushAsync(registries.Private, $"{scene.Namespace}/agent:1", scene.Namespace);
        var run = await scene.ApplyRunAsync(ImageRun.Yaml("waits", image, null, "later"));

        var waiting = await run.UntilAsync("is observed", state => state.IsObserved);
        Assert.Equal((RunPhase.Pending, RunReason.SecretNotFound), (waiting.Phase, waiting.Reason));
        Assert.Contains("Waiting for Secret \"later\" (spec.imagePullSecrets[0])", waiting.Status.Message);

        await scene.ApplyAsync(registries.SecretYaml("later", use: "git"));
        var refused = await run.UntilAsync("says what is missing", state => state.Reason == RunReason.SecretNotAllowed);
        Assert.Contains("stromboli.dev/use-as: pull", refused.Status.Message);
        Assert.Null(refused.Status.NodeName);

        await scene.ApplyAsync(registries.SecretYaml("later", use: "git,pull"));
        Assert.Equal(RunPhase.Succeeded, (await run.EndAsync()).Phase);
    }

    [Fact]
    public async Task PulledByOneNamespace_IsNotForAnotherWithoutALogin()
    {
        var scene = await OnSharedStackAsync();
        var other = await OnSharedStackAsync();
        var registries = await Registries.OfAsync(scene);
        var image = await registries.PushAsync(registries.Private, $"{scene.Namespace}/agent:1", scene.Namespace);
        await scene.ApplyAsync(registries.SecretYaml("login"));
        Assert.Equal(
            RunPhase.Succeeded,
            (await (await scene.ApplyRunAsync(ImageRun.Yaml("first", image, "IfNotPresent", "login"))).EndAsync()).Phase
        );
        var machine = scene.Inspect("node-1").Node.Machine;
        var digest = (await machine.PodmanAsync("image", "inspect", "--format", "{{index .RepoDigests 0}}", image)).Trim();

        // By tag and by digest, with and without a pull. Each is refused before a container is made.
        (string Image, string Policy)[] tries =
        [
            (image, "IfNotPresent"),
            (image, "Never"),
            (image, "Always"),
            (digest, "IfNotPresent"),
            (digest, "Never"),
        ];
        foreach (
            var (run, @try) in await Task.WhenAll(
                tries.Select(async (@try, i) => (await other.ApplyRunAsync(ImageRun.Yaml($"try-{i}", @try.Image, @try.Policy)), @try))
            )
        )
        {
            var status = (await run.EndAsync()).Status;
            Assert.Equal((@try, RunReason.ImagePullFailed), (@try, status.Reason));
            Assert.Equal(0, await other.Inspect("node-1").CreatedAsync(run.Uid));
        }

        // The first namespace needs no registry for it, and another namespace with its own login gets it.
        Assert.Equal(
            scene.Namespace,
            (await (await scene.ApplyRunAsync(ImageRun.Yaml("again", image, "Never"))).EndAsync()).Status.Result?.Text
        );
        await other.ApplyAsync(registries.SecretYaml("own"));
        Assert.Equal(
            scene.Namespace,
            (await (await other.ApplyRunAsync(ImageRun.Yaml("own", image, "IfNotPresent", "own"))).EndAsync()).Status.Result?.Text
        );
        Assert.Equal(RunPhase.Succeeded, (await (await other.ApplyRunAsync(ImageRun.Yaml("after", image, "Never"))).EndAsync()).Phase);
    }

    private static string ForAnotherRegistry(string name) =>
        $$"""
            apiVersion: v1
            kind: Secret
            type: kubernetes.io/dockerconfigjson
            metadata:
              name: {{name}}
              annotations:
                stromboli.dev/use-as: pull
            stringData:
              .dockerconfigjson: '{"auths": {"registry.example.com": {"username": "a", "password": "b"} } }'
            """;
}
