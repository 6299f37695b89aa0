using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Git;

/// <summary>What agents leave in their workspaces is pushed when they ended well.</summary>
public sealed class PushOnSuccessTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Push =
        "credentialsSecretRef: {name: git}, push: {onSuccess: {branch: 'stromboli/{name}', message: \"Work of {name}\\n\\nAttempt {attempt}\", authorName: A. Bot, authorEmail: bot@example.com}}";

    // Everything by which a repository makes git run a program.
    private const string Trap = """
        trap=/workspace/trap; printf '#!/bin/sh\ntouch /workspace/ran\n' > $trap; chmod +x $trap
        for hook in pre-commit commit-msg post-commit pre-push reference-transaction post-index-change; do cp $trap .git/hooks/$hook 2>/dev/null || { mkdir -p .git/hooks; cp $trap .git/hooks/$hook; }; done
        git config core.hooksPath .git/hooks; git config core.fsmonitor $trap; git config commit.gpgSign true; git config gpg.program $trap
        git config filter.evil.clean $trap; git config filter.evil.smudge $trap; git config diff.evil.textconv $trap
        git config credential.helper "!$trap"; git config core.sshCommand $trap; git config url.ext::$trap.insteadOf http://127.0.0.1:8318/repository
        git config http.proxy http://127.0.0.1:1; git config remote.origin.pushurl https://evil.example.com/a; git config core.worktree /tmp
        echo '* filter=evil diff=evil' > .gitattributes

        """;

    [Fact]
    public async Task Changes_ThatWereLeft_AreCommittedAndPushed_AndNothingOfTheRepositoryRuns()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("private/project.git", "mkdir d; echo one > d/one; echo two > two; echo ignored > .gitignore; commit one");

        var run = await scene.ApplyRunAsync(
            Document(
                "leaver",
                own.UrlOf("private/project.git"),
                $"git -c user.name=a -c user.email=a@b.c commit --quiet --allow-empty --message own; echo new > d/new; rm two; echo x > ignored\n{Trap}rm -f ran"
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, RunReason.Completed), (status.Phase, status.Reason));
        var pushed = Assert.Single(status.Git!.Pushes!);
        Assert.Equal(("stromboli/leaver", null), (pushed.Branch, pushed.Previous));
        Assert.Contains($"Pushed stromboli/leaver at {pushed.Commit![..12]}.", status.Message, StringComparison.Ordinal);
        Assert.Contains($"refs/heads/stromboli/leaver {pushed.Commit}", await own.RefsAsync("private/project.git"));
        Assert.Equal(
            "A. Bot <bot@example.com>|Stromboli <stromboli@localhost>|Work of leaver\n\nAttempt 1\n",
            (await own.RunAsync("private/project.git", "log", "-1", "--format=%an <%ae>|%cn <%ce>|%B", "stromboli/leaver")).TrimEnd() + "\n"
        );
        Assert.Equal(
            [".gitattributes", ".gitignore", "d/new", "d/one", "trap"],
            (await own.RunAsync("private/project.git", "ls-tree", "-r", "--name-only", "stromboli/leaver")).Split(
                '\n',
                StringSplitOptions.RemoveEmptyEntries
            )
        );
        Assert.Equal(
            ["Work of leaver", "own", "one"],
            (await own.RunAsync("private/project.git", "log", "--format=%s", "stromboli/leaver")).Split(
                '\n',
                StringSplitOptions.RemoveEmptyEntries
            )
        );
        Assert.Equal("new\n", await own.RunAsync("private/project.git", "show", "stromboli/leaver:d/new"));
        var node = scene.NodeOf(run);
        var workspace = (await node.VolumesAsync(run.Uid)).Single(volume => volume.EndsWith("-workspace", StringComparison.Ordinal));
        var left = await node.Node.Machine.PodmanAsync(
            "unshare",
            "sh",
            "-c",
            $"ls -a $(podman volume inspect --format '{{{{.Mountpoint}}}}' {workspace})"
        );
        Assert.Contains("trap\n", left, StringComparison.Ordinal);
        Assert.DoesNotContain("ran\n", left, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_OfAProtectedPath_IsRefusedAndNamed()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("private/project.git", "commit one");
        await own.MakeAsync(
            "private/diverged.git",
            "commit one; git checkout --quiet -b stromboli/diverged; commit two; git checkout --quiet main"
        );
        var before = await own.RefsAsync("private/project.git");
        var diverged = await own.RefsAsync("private/diverged.git");

        RunHistory[] runs =
        [
            await scene.ApplyRunAsync(
                Document(
                    "workflow",
                    own.UrlOf("private/project.git"),
                    "mkdir -p .github/workflows; echo x > .github/workflows/ci.yml; echo done"
                )
            ),
            await scene.ApplyRunAsync(Document("nothing", own.UrlOf("private/project.git"), "echo done")),
            await scene.ApplyRunAsync(
                Document(
                    "nested",
                    own.UrlOf("private/project.git"),
                    "git init -q sub; cd sub; git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m x"
                )
            ),
            await scene.ApplyRunAsync(
                Document(
                    "orphan",
                    own.UrlOf("private/project.git"),
                    "git checkout -q --orphan x; git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m x"
                )
            ),
            await scene.ApplyRunAsync(Document("gone", own.UrlOf("private/project.git"), "rm -rf .git; mkfifo .git")),
            await scene.ApplyRunAsync(Document("failed", own.UrlOf("private/project.git"), "echo x > x; exit 3")),
            await scene.ApplyRunAsync(Document("diverged", own.UrlOf("private/diverged.git"), "echo x > x")),
        ];
        var ends = (await Task.WhenAll(runs.Select(run => run.EndAsync()))).Select(end => end.Status).ToList();

        Assert.Equal(
            [
                RunReason.GitPushFailed,
                RunReason.Completed,
                RunReason.GitPushFailed,
                RunReason.GitPushFailed,
                RunReason.GitPushFailed,
                RunReason.AgentError,
                RunReason.GitPushFailed,
            ],
            ends.Select(end => end.Reason)
        );
        Assert.Equal(
            "The agent ended well, and pushing stromboli/workflow failed: it changes protected paths: .github/workflows/ci.yml.",
            ends[0].Message
        );
        Assert.Equal("done", ends[0].Result?.Text?.TrimEnd());
        Assert.EndsWith("There was nothing to push.", ends[1].Message);
        Assert.EndsWith("the agent left repositories inside the workspace: sub.", ends[2].Message);
        Assert.EndsWith("does not follow the commit that was cloned.", ends[3].Message);
        Assert.EndsWith("the agent left no repository that has the commit that was cloned.", ends[4].Message);
        Assert.EndsWith("the branch has commits that what the agent left does not follow.", ends[6].Message);
        Assert.Equal(before, await own.RefsAsync("private/project.git"));
        Assert.Equal(diverged, await own.RefsAsync("private/diverged.git"));
    }

    [Fact]
    public async Task Bridge_KilledDuringThePush_PushesOnceOrSaysThatItDoesNotKnow()
    {
        var scene = await OnPrivateStackAsync(GitCase.Options);
        var own = new GitCase(scene);
        var bridge = Assert.Single(scene.Stack.Nodes).Bridge;
        string[] names = [$"held/{scene.Namespace}/private/project.git", $"mute/{scene.Namespace}/private/project.git"];
        List<RunHistory> runs = [];
        foreach (var name in names)
        {
            await own.MakeAsync(name, "commit one");
            runs.Add(await scene.ApplyRunAsync(Document(name[..4], own.UrlOf(name), "echo x > x")));
        }

        await Poll.UntilAsync("both pushes arrived", Poll.Timeout, () => names.All(name => PushesOf(own, name) == 1), Cancelled);
        await Poll.UntilAsync(
            "one is done",
            Poll.Timeout,
            async _ => (await own.RefsAsync(names[1])).Any(line => line.StartsWith("refs/heads/stromboli/mute ", StringComparison.Ordinal)),
            Cancelled
        );
        await bridge.KillAsync();
        await bridge.StartAsync(Cancelled);
        var held = (await runs[0].EndAsync()).Status;
        var mute = (await runs[1].EndAsync()).Status;
        own.Server.OpenGate(scene.Namespace);

        Assert.Equal(RunReason.GitPushFailed, held.Reason);
        Assert.Matches("whether stromboli/held was pushed at [0-9a-f]{12} is unknown: ", held.Message);
        Assert.Equal(RunReason.Completed, mute.Reason);
        Assert.Contains($"refs/heads/stromboli/mute {Assert.Single(mute.Git!.Pushes!).Commit}", await own.RefsAsync(names[1]));
        Assert.All(names, name => Assert.Equal(1, PushesOf(own, name)));
    }

    private static int PushesOf(GitCase own, string name) =>
        own.RequestsFor(name)
            .Count(request =>
                request["method"]!.ToString() == "POST"
                && request["target"]!.ToString().EndsWith("/git-receive-pack", StringComparison.Ordinal)
            );

    private static string Document(string name, string url, string script) =>
        $"{GitCase.Secret(annotation: "stromboli.dev/use-as: 'git,git-push'")}\n---\n{GitCase.Document(name, url, script, Push)}";
}
