using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Git;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Streams;

/// <summary>The diff of a workspace through the API server: while the agent runs, and after its end.</summary>
public sealed class DiffTests(StackFixture stacks) : EndToEndTests(stacks)
{
    // Whatever of this runs in a diff is seen in its text, or makes it late.
    private const string Hostile = """
        git config core.fsmonitor 'sleep 1000'; git config diff.external 'echo PWNED'; git config core.hooksPath /workspace
        git config filter.evil.clean 'echo PWNED'; git config filter.evil.process 'sleep 1000'; git config filter.evil.required true
        git config diff.evil.textconv 'echo PWNED'; git config diff.evil.command 'echo PWNED'; git config core.pager 'echo PWNED'
        mkdir -p .git/info; echo '* filter=evil diff=evil' | tee .git/info/attributes > sub/.gitattributes
        git init -q inner; git -C inner -c user.name=a -c user.email=a@example.com commit -q --allow-empty -m inner
        git -C inner config core.fsmonitor 'sleep 1000'
        """;

    [Fact]
    public async Task Clone_ThatAnAgentChanged_IsComparedAndNothingOfItRuns()
    {
        var scene = await OnSharedStackAsync();
        var (git, reader) = (new GitCase(scene), new RawStreams(scene));
        await git.MakeAsync(
            "project.git",
            "mkdir sub; printf 'one\\ntwo\\n' > kept; printf 'gone\\n' > gone; printf 'old\\n' > sub/old; echo '*.log' > .gitignore; commit one"
        );
        var run = await scene.ApplyRunAsync(
            GitCase.Document(
                "changes",
                git.UrlOf("project.git"),
                "printf 'three\\n' >> kept; git -c user.name=a -c user.email=a@example.com commit -qam two; printf 'four\\n' >> kept; rm gone; "
                    + "printf 'new\\n' > 'a new file'; printf 'older\\n' > sub/old; echo ignored > x.log; mkfifo pipe; ln -s /etc/passwd link\n"
                    + Hostile
                    + "\ntouch ready.log; exec sleep 600"
            )
        );
        await reader.WaitForFileAsync(run, "ready.log");

        var while1 = await reader.GetAsync("agentruns", run.Name, "diff");
        await scene.PatchAsync(run, "spec: {cancel: true}");
        Assert.Equal(RunReason.Cancelled, (await run.EndAsync()).Reason);
        var after = await reader.GetAsync("agentruns", run.Name, "diff");

        Assert.DoesNotContain("PWNED", while1, StringComparison.Ordinal);
        Assert.Equal(while1, after);
        Assert.Equal(
            [
                "diff --git a/a new file b/a new file",
                "diff --git a/gone b/gone",
                "diff --git a/inner b/inner",
                "diff --git a/kept b/kept",
                "diff --git a/link b/link",
                "diff --git a/sub/.gitattributes b/sub/.gitattributes",
                "diff --git a/sub/old b/sub/old",
            ],
            after.Split('\n').Where(line => line.StartsWith("diff ", StringComparison.Ordinal))
        );
        Assert.Contains("@@ -1,2 +1,4 @@\n one\n two\n+three\n+four\n", after, StringComparison.Ordinal);
        Assert.Contains("deleted file mode 100644\n", after, StringComparison.Ordinal);
        Assert.Contains("new file mode 100644\n", after, StringComparison.Ordinal);
        Assert.Contains("@@ -1 +1 @@\n-old\n+older\n", after, StringComparison.Ordinal);
        Assert.Contains("+/etc/passwd\n", after, StringComparison.Ordinal);
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
        await scene.KubectlAsync("delete", "agentrun", run.Name);
        await Poll.UntilAsync("nothing is left", Poll.Timeout, async _ => (await scene.NodeOf(run).LeftoversAsync(run.Uid)).Count == 0);
    }

    [Fact]
    public async Task Workspace_WithoutCommit_SaysWhy()
    {
        var scene = await OnSharedStackAsync();
        var (git, reader) = (new GitCase(scene), new RawStreams(scene));
        await git.MakeAsync("project.git", "echo one > file; commit one");
        var run = await scene.ApplyRunAsync(GitCase.Document("destroys", git.UrlOf("project.git"), "rm -rf .git; echo two > file"));
        await run.EndAsync();

        var refused = await reader.TryAsync("agentruns", run.Name, "diff");

        Assert.False(refused.Succeeded);
        Assert.Contains("which was cloned, so there is nothing to compare with.", refused.Error, StringComparison.Ordinal);
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
    }
}
