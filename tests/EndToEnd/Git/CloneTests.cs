using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Git;

/// <summary>The contents of a cloned workspace.</summary>
public sealed class CloneTests(StackFixture stacks) : EndToEndTests(stacks)
{
    // Three commits on main, a branch with a slash, a lightweight and an annotated tag.
    private const string History = """
        echo one > file; commit one; git tag light
        echo two > file; commit two; git tag -m annotated v2.0; git rev-parse HEAD
        git branch feature/x
        echo three > file; commit three
        git checkout --quiet feature/x; echo x > x; commit x; git checkout --quiet main
        """;

    private const string Look =
        "cat file; git log --format=%s; git symbolic-ref --short -q HEAD || echo detached; git branch --all --format='%(refname)'; git tag; git status --porcelain; git config remote.origin.url";

    [Theory]
    [InlineData("", "three;three;main;refs/heads/main;refs/remotes/origin/main")]
    [InlineData("ref: main", "three;three;main;refs/heads/main;refs/remotes/origin/main")]
    [InlineData("ref: refs/heads/main, depth: 2", "three;three;two;main;refs/heads/main;refs/remotes/origin/main")]
    [InlineData("ref: feature/x", "two;x;feature/x;refs/heads/feature/x;refs/remotes/origin/feature/x")]
    [InlineData("ref: light", "one;one;detached;(HEAD detached at light);light")]
    [InlineData("ref: v2.0", "two;two;detached;(HEAD detached at v2.0);v2.0")]
    [InlineData("ref: COMMIT", "two;two;detached;(HEAD detached at SHORT)")]
    [InlineData(
        "depth: 0",
        "three;three;two;one;main;refs/heads/main;refs/remotes/origin/HEAD;refs/remotes/origin/feature/x;refs/remotes/origin/main;light;v2.0"
    )]
    [InlineData(
        "ref: COMMIT, depth: 0",
        "two;two;one;detached;(HEAD detached at SHORT);refs/remotes/origin/HEAD;refs/remotes/origin/feature/x;refs/remotes/origin/main;light;v2.0"
    )]
    public async Task Ref_OfAnyKind_IsCheckedOut(string git, string seen)
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        var commit = await own.MakeAsync("project.git", History);

        var run = await scene.ApplyRunAsync(
            GitCase.Document("clone", own.UrlOf("project.git"), Look, git.Replace("COMMIT", commit, StringComparison.Ordinal))
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, RunReason.Completed), (status.Phase, status.Reason));
        Assert.Equal(
            $"{seen.Replace("SHORT", commit[..7], StringComparison.Ordinal)};{own.UrlOf("project.git")}",
            status.Result!.Text!.TrimEnd().Replace('\n', ';')
        );
    }

    [Fact]
    public async Task Clone_BelongsToTheAgentAndNamesNoGateway()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync(
            "project.git",
            "mkdir -p a/b; echo one > a/b/file; echo '#!/bin/sh' > run; chmod +x run; ln -s a/b/file link; commit one"
        );

        var run = await scene.ApplyRunAsync(
            GitCase.Document(
                "clone",
                own.UrlOf("project.git"),
                "find . ! -user $(id -u); grep -rlE '127[.]0[.]0[.]1|8318|Basic' . ; ls .git/hooks .git/FETCH_HEAD; cat link; test -x run && touch a/b/new && git status --porcelain; git fetch || echo unreachable; pwd"
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, "one\n?? a/b/new\nunreachable\n/workspace"), (status.Phase, status.Result!.Text!.TrimEnd()));
        Assert.Equal(
            ["GET info/refs?service=git-upload-pack", "POST git-upload-pack"],
            own.RequestsFor("project.git")
                .Select(request => $"{request["method"]} {request["target"]!.ToString().Split("/project.git/")[1]}")
                .Distinct()
        );
        Assert.All(own.RequestsFor("project.git"), request => Assert.Null(request["headers"]!["authorization"]));
    }

    [Fact]
    public async Task Clone_ComesBeforeHooksAndAgent_AtTheWorkspacesPath()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("project.git", "mkdir -p services/billing; echo one > services/billing/file; commit one");

        // Mounted at this path in the clone's own container, the workspace would hide what git needs.
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: hooked
            spec:
              prompt: none
              agent:
                command: [sh, -c, cat file seen]
              lifecycle:
                onCreate: [git log --format=%s > seen]
              workspace:
                mountPath: /usr/libexec
                git: {url: "{{own.UrlOf("project.git")}}"}
              workdir: /usr/libexec/services/billing
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, "one\none"), (status.Phase, status.Result?.Text?.TrimEnd()));
    }

    [Fact]
    public async Task Clone_WithAWritableVolume_BelongsToTheSameUser()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("project.git", "echo one > file; commit one");
        var folder = SharedFolder.Make($"work/{scene.Namespace}");

        var run = await scene.ApplyRunAsync(
            GitCase.Document(
                "volume",
                own.UrlOf("project.git"),
                "find . ! -user $(id -u); git status --porcelain && cp file /results/",
                spec: $"volumes: [{{hostPath: {NodeFolder.Inside}/work/{scene.Namespace}, mountPath: /results, readOnly: false}}]"
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, ""), (status.Phase, status.Result?.Text?.TrimEnd() ?? ""));
        Assert.Equal("one\n", await File.ReadAllTextAsync(Path.Combine(folder, "file"), Cancelled));
    }

    [Fact]
    public async Task Repository_WithoutCommits_IsAnEmptyWorkspaceWithAnOrigin()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("empty.git", "true");

        var run = await scene.ApplyRunAsync(
            GitCase.Document("clone", own.UrlOf("empty.git"), "ls; git config remote.origin.url; git symbolic-ref HEAD")
        );

        Assert.Equal($"{own.UrlOf("empty.git")}\nrefs/heads/main", (await run.EndAsync()).Status.Result?.Text?.TrimEnd());
    }
}
