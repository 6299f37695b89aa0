using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Credentials;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Git;

namespace Stromboli.EndToEnd.Git;

/// <summary>A private repository: the credential reaches its server and is nowhere else.</summary>
public sealed class GitCredentialTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Credentials = "credentialsSecretRef: {name: git}";

    [Fact]
    public async Task Credential_WhileCloning_IsNowhereOnNodeAndInCluster()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        var name = $"gated/{scene.Namespace}/private/project.git";
        var password = GitServerProcess.Credential.Password;
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{GitServerProcess.Credential.User}:{password}"));
        await own.MakeAsync(name, "echo one > file; commit one");

        var run = await scene.ApplyRunAsync(
            $"{GitCase.Secret()}\n---\n{GitCase.Document("private", own.UrlOf(name), "cat file; sleep 3600", Credentials)}"
        );
        await own.IsFetchingAsync(name);
        foreach (var container in await scene.NodeOf(run).InspectAllAsync(run.Uid))
        {
            using var processes = new ContainerProcesses(container["Id"]!.ToString(), container["State"]!["Pid"]!.GetValue<int>());
            Assert.Empty(await SecretHunt.InContainerAsync(processes, password));
            Assert.Empty(await SecretHunt.InContainerAsync(processes, encoded));
        }

        Assert.Equal(2, (await scene.NodeOf(run).ContainersAsync(run.Uid)).Count);
        await AssertNowhereAsync(scene, run, password, encoded);
        own.Server.OpenGate(scene.Namespace);
        await run.RunningAsync();
        using (var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid))
        {
            Assert.Empty(await SecretHunt.InContainerAsync(processes, password));
            Assert.Empty(await SecretHunt.InContainerAsync(processes, encoded));
        }

        await AssertNowhereAsync(scene, run, password, encoded);
        await scene.PatchAsync(run, "spec: {cancel: true}");
        await run.EndAsync();
        await AssertNowhereAsync(scene, run, password, encoded);
        Assert.All(own.RequestsFor(name), request => Assert.Equal($"Basic {encoded}", request["headers"]!["authorization"]?.ToString()));
    }

    [Fact]
    public async Task Token_WithAUser_IsShownAsPassword()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("private/project.git", "echo one > file; commit one");

        var run = await scene.ApplyRunAsync(
            $"{GitCase.Secret().Replace("password:", "token:", StringComparison.Ordinal).Replace("type: kubernetes.io/basic-auth", "", StringComparison.Ordinal)}\n---\n{GitCase.Document("private", own.UrlOf("private/project.git"), "cat file", Credentials)}"
        );

        Assert.Equal("one", (await run.EndAsync()).Status.Result?.Text?.TrimEnd());
    }

    [Fact]
    public async Task Credential_OfNoUse_IsSaidWithoutIt()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("private/project.git", "commit one");

        var run = await scene.ApplyRunAsync(
            $"{GitCase.Secret("wrong-password")}\n---\n{GitCase.Document("private", own.UrlOf("private/project.git"), "true", Credentials)}"
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunReason.GitCloneFailed, status.Reason);
        Assert.Equal(
            $"Cloning {own.UrlOf("private/project.git")} failed: the server refuses the credential or does not let it read this repository.",
            status.Message
        );
        await AssertNowhereAsync(scene, run, "wrong-password");
    }

    [Theory]
    [InlineData(
        "note: none",
        "The Secret git may not be used as git yet; allow it with the annotation stromboli.dev/use-as: git (with commas between several uses)."
    )]
    [InlineData(
        "stromboli.dev/use-as: env",
        "The Secret git may not be used as git yet; allow it with the annotation stromboli.dev/use-as: git (with commas between several uses)."
    )]
    [InlineData(
        "\"stromboli.dev/use-as\": \"model\"",
        "The annotation stromboli.dev/use-as of the Secret git lists model, which excludes all other uses; use another Secret as git."
    )]
    public async Task Secret_WithoutTheAnnotation_IsWaitedFor(string annotation, string message)
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("private/project.git", "echo one > file; commit one");

        var run = await scene.ApplyRunAsync(
            $"{GitCase.Secret(annotation: annotation)}\n---\n{GitCase.Document("private", own.UrlOf("private/project.git"), "cat file", Credentials)}"
        );
        var waiting = await run.ReasonAsync(RunReason.SecretNotAllowed);
        Assert.Equal((RunPhase.Pending, message), (waiting.Phase, waiting.Status.Message));
        await scene.KubectlAsync("annotate", "--overwrite", "secret", "git", "stromboli.dev/use-as=env,git");

        Assert.Equal("one", (await run.EndAsync()).Status.Result?.Text?.TrimEnd());
    }

    [Fact]
    public async Task Secret_ThatIsNotThere_IsWaitedFor()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("private/project.git", "echo one > file; commit one");

        var run = await scene.ApplyRunAsync(GitCase.Document("private", own.UrlOf("private/project.git"), "cat file", Credentials));
        var waiting = await run.ReasonAsync(RunReason.SecretNotFound);
        Assert.Equal(
            "The Secret git, named by spec.workspace.git.credentialsSecretRef, is not there; create it in the run's namespace.",
            waiting.Status.Message
        );
        await scene.ApplyAsync(GitCase.Secret());

        Assert.Equal("one", (await run.EndAsync()).Status.Result?.Text?.TrimEnd());
    }

    private static async Task AssertNowhereAsync(Scene scene, RunHistory run, params string[] secrets)
    {
        foreach (var secret in secrets)
        {
            Assert.Empty(await SecretHunt.OnNodeAsync(scene, run, secret));
            Assert.Empty(await SecretHunt.InClusterAsync(scene, run, secret));
        }
    }
}
