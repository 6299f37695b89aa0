using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Git;

/// <summary>A repository that cannot be cloned: one reason, and a sentence with the address and the cause.</summary>
public sealed class CloneFailureTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Theory]
    [InlineData("project.git", "ref: nowhere", "it has no branch and no tag nowhere; a commit needs its full id")]
    [InlineData("project.git", "ref: \"0123456\"", "it has no branch and no tag 0123456; a commit needs its full id")]
    [InlineData(
        "project.git",
        "ref: 0123456789abcdef0123456789abcdef01234567",
        "its server does not give the commit 0123456789abcdef0123456789abcdef01234567; depth: 0 also looks for it in the whole history"
    )]
    [InlineData("project.git", "ref: tree", "tree is not a commit of the repository")]
    [InlineData("nothing.git", "", "the server has no such repository, or shows it only with another credential")]
    [InlineData(
        "private/project.git",
        "",
        "the server asks for a credential: the repository is private or does not exist; set credentialsSecretRef or check the URL"
    )]
    [InlineData(
        "redirect/project.git",
        "",
        "the server redirects to elsewhere.example.com, and redirects are not followed; use that address instead"
    )]
    [InlineData("broken/project.git", "", "the server answered with HTTP status 500")]
    [InlineData("page/project.git", "", "the server does not speak Git's smart HTTP protocol")]
    [InlineData("torn/project.git", "", "the server's answer broke off")]
    public async Task Repository_Unusable_IsNamedWithItsCause(string name, string git, string cause)
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        if (name != "nothing.git")
        {
            await own.MakeAsync(name, "echo one > file; commit one; git tag tree HEAD^{tree}");
        }

        await FailsAsync(scene, own.UrlOf(name), git, cause);
    }

    [Theory]
    [InlineData("https://127.0.0.1/project.git")]
    [InlineData("https://localhost/project.git")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://2130706433/project.git")]
    // Another port of a host that the bridge allows: a different origin.
    [InlineData("https://git.example.com:6443/project.git")]
    public async Task Host_ThatIsNotPublic_IsNotConnectedTo(string url)
    {
        var scene = await OnSharedStackAsync();

        await FailsAsync(scene, url, "", "its host has no public address; the node allows other origins only with --allow-git-origin");
    }

    [Fact]
    public async Task Repository_LargerThanTheStorageLimit_EndsTheRun()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("large.git", "head -c 40000000 /dev/urandom > large; commit one");

        var run = await scene.ApplyRunAsync(
            GitCase.Document("large", own.UrlOf("large.git"), "sleep 3600", spec: "resources: {limits: {ephemeralStorage: 20Mi}}")
        );

        Assert.Equal(RunReason.StorageLimitExceeded, (await run.EndAsync()).Reason);
    }

    [Fact]
    public async Task Failure_HasDetailsInTheRunsLog()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);

        var run = await scene.ApplyRunAsync(GitCase.Document("fails", own.UrlOf("nothing.git"), "true"));
        await run.EndAsync();

        var log = await File.ReadAllTextAsync(
            Path.Combine(scene.NodeOf(run).Node.Bridge.StatePath, "attempts", $"{run.Uid}-1", "log"),
            Cancelled
        );
        Assert.Contains(" stdout F eremote: stromboli: the server has no such repository", log, StringComparison.Ordinal);
        Assert.Contains(" stdout F efatal: ", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_NamedInRetries_IsTriedAgain()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);

        var run = await scene.ApplyRunAsync(
            GitCase.Document(
                "again",
                own.UrlOf("nothing.git"),
                "true",
                spec: """retries: {limit: 1, reasons: [GitCloneFailed], backoff: 1s}"""
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.GitCloneFailed), (status.Phase, status.Reason));
        Assert.Equal([RunReason.GitCloneFailed, RunReason.GitCloneFailed], status.Attempts!.Select(attempt => attempt.Reason));
    }

    [Fact]
    public async Task Clone_SlowerThanTheTimeout_TimesOut()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        var name = $"gated/{scene.Namespace}/project.git";
        await own.MakeAsync(name, "echo one > file; commit one");

        var run = await scene.ApplyRunAsync(GitCase.Document("slow", own.UrlOf(name), "true", spec: "timeout: 5s"));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.TimedOut), (status.Phase, status.Reason));
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
    }

    private static async Task FailsAsync(Scene scene, string url, string git, string cause)
    {
        var run = await scene.ApplyRunAsync(GitCase.Document("fails", url, "true", git));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.GitCloneFailed), (status.Phase, status.Reason));
        Assert.Equal($"Cloning {url} failed: {cause}.", status.Message);
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
    }
}
