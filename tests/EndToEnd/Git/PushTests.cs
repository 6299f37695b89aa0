using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Git;

/// <summary>Agents push with plain git to a real server over TLS, and to what they may not.</summary>
public sealed class PushTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Push = "credentialsSecretRef: {name: git}, push: {branches: [stromboli/*]}";

    private const string Prepare = """
        export HOME=/tmp LC_ALL=C GIT_TRACE_CURL=
        git config user.name agent; git config user.email agent@example.com
        commit() { date +%s%N > "$1"; git add .; git commit --quiet --message "$1"; }
        try() { echo "== $1"; shift; "$@" > /tmp/out 2>&1; code=$?; grep -oE '(! \[[^]]*\]|\* \[new branch\]|fatal: .*) .*|forced update|Everything up-to-date' /tmp/out; echo "exit $code"; }

        """;

    [Fact]
    public async Task Agent_PushesItsBranchesAndNothingElse()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("private/project.git", "commit one; git branch stromboli/foreign; commit two");
        await own.MakeAsync("private/other.git", "commit one");
        var before = await own.RefsAsync("private/project.git");

        var run = await scene.ApplyRunAsync(
            Document(
                "pusher",
                own.UrlOf("private/project.git"),
                Prepare
                    + $$"""
                    try url git remote get-url origin
                    commit a; try create git push origin HEAD:stromboli/a
                    commit b; try move git push origin HEAD:stromboli/a
                    git reset --quiet --hard HEAD~1; commit c; try rewind git push --force origin HEAD:stromboli/a
                    try main git push origin HEAD:main
                    try tag git push origin HEAD:refs/tags/v1
                    try delete git push origin :stromboli/a
                    try foreign git push --force origin HEAD:stromboli/foreign
                    try both git push origin HEAD:stromboli/b HEAD:refs/heads/c
                    try options git push -o ci.skip origin HEAD:stromboli/d
                    try signed git push --signed origin HEAD:stromboli/d
                    try magic git push origin HEAD:refs/for/main
                    try other git push {{own.UrlOf("private/other.git")}} HEAD:stromboli/a
                    try others git push http://127.0.0.1:8318/other HEAD:stromboli/a
                    try fetch git fetch origin stromboli/foreign
                    head -c 40000000 /dev/urandom > big; commit d; try big git push origin HEAD:stromboli/big
                    """
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, RunReason.Completed), (status.Phase, status.Reason));
        Assert.Equal(
            """
            == url
            exit 0
            == create
            * [new branch] HEAD -> stromboli/a
            exit 0
            == move
            exit 0
            == rewind
            forced update
            exit 0
            == main
            ! [remote rejected] HEAD -> main (not allowed by this run: stromboli/* only)
            exit 1
            == tag
            ! [remote rejected] HEAD -> v1 (not allowed by this run: stromboli/* only)
            exit 1
            == delete
            ! [remote rejected] stromboli/a (not allowed by this run: no deletions)
            exit 1
            == foreign
            ! [remote rejected] HEAD -> stromboli/foreign (not allowed by this run: the branch exists, and this run did not leave it as it is; push another name)
            exit 1
            == both
            ! [remote rejected] HEAD -> stromboli/b (not pushed, as the rest was refused)
            ! [remote rejected] HEAD -> c (not allowed by this run: stromboli/* only)
            exit 1
            == options
            fatal: the receiving end does not support push options
            fatal: the remote end hung up unexpectedly
            exit 1
            == signed
            fatal: the receiving end does not support --signed push
            fatal: the remote end hung up unexpectedly
            exit 1
            == magic
            ! [remote rejected] HEAD -> refs/for/main (not allowed by this run: stromboli/* only)
            exit 1
            """,
            Narrow(status.Result!.Text!.Split("== other\n")[0])
        );
        Assert.Matches(
            "== other\nfatal: .*\nexit 128\n== others\nfatal: .*\nexit 128\n== fetch\nexit 0\n== big\n.*stromboli/big\nexit 0$",
            Narrow("== other\n" + status.Result.Text.Split("== other\n")[1])
        );

        var after = await own.RefsAsync("private/project.git");
        Assert.Equal(
            [.. before, .. after.Where(line => line.Split(' ')[0] is "refs/heads/stromboli/a" or "refs/heads/stromboli/big")],
            after.OrderBy(line => !before.Contains(line))
        );
        Assert.Equal(before.Count + 2, after.Count);

        var git = status.Git!;
        var pushes = git.Pushes!;
        Assert.Contains($"refs/heads/main {git.Commit}", before);
        Assert.Equal(["stromboli/a", "stromboli/a", "stromboli/a", "stromboli/big"], pushes.Select(push => push.Branch!));
        Assert.Equal([null, pushes[0].Commit, pushes[1].Commit, null], pushes.Select(push => push.Previous));
        Assert.Contains($"refs/heads/stromboli/a {pushes[2].Commit}", after);
        Assert.Contains($"refs/heads/stromboli/big {pushes[3].Commit}", after);
        Assert.All(pushes, push => Assert.NotNull(push.Time));
        Assert.DoesNotContain(
            own.RequestsFor("private/other.git"),
            request => request["target"]!.ToString().Contains("receive-pack", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Push_FromACloneWithoutHistory_SendsOnlyWhatIsNew()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync(
            "private/project.git",
            "for i in 1 2 3 4 5 6 7 8; do mkdir d$i; head -c 300000 /dev/urandom > d$i/f; done; commit one"
        );

        // The branch moves on, to a commit that the agent does not have: no ref of the server says that it has what was cloned.
        var run = await scene.ApplyRunAsync(
            Document(
                "small",
                own.UrlOf("private/project.git"),
                Prepare
                    + """
                    base=$(git rev-parse HEAD)
                    git rm -r --quiet .; commit gone; git push --quiet --force origin HEAD:main
                    git reset --quiet --hard $base; git update-ref -d refs/remotes/origin/main
                    git reflog expire --expire=now --all; git gc --quiet --prune=now
                    commit new; git push --progress origin HEAD:stromboli/new 2>&1 | tr '\r' '\n' | grep -oE '^Total [0-9]+|stromboli/new'
                    """,
                "credentialsSecretRef: {name: git}, push: {branches: [stromboli/*, main], force: true}"
            )
        );

        Assert.Equal("Total 3\nstromboli/new", (await run.EndAsync()).Status.Result?.Text?.TrimEnd());
    }

    [Fact]
    public async Task Bridge_Restarted_KnowsWhatTheRunCreated_AndLetsItPushOn()
    {
        var scene = await OnPrivateStackAsync(GitCase.Options);
        var own = new GitCase(scene);
        await own.MakeAsync("private/project.git", "commit one");
        var run = await scene.ApplyRunAsync(
            Document(
                "lasting",
                own.UrlOf("private/project.git"),
                Prepare
                    + """
                    commit a; git push --quiet origin HEAD:stromboli/a || exit 9
                    touch /tmp/pushed
                    while [ ! -e /tmp/go ]; do sleep 0.1; done
                    commit b
                    # Until the operator confirms the run to the new bridge, its gateway is closed.
                    for try in 1 2 3 4 5 6 7 8 9; do git push --quiet origin HEAD:stromboli/a && echo moved && break; sleep 2; done
                    """
            )
        );
        await run.UntilAsync("the first push is in the status", history => history.Status.Git?.Pushes?.Count == 1);
        var node = scene.NodeOf(run);
        // The status may know of a push before git has its answer.
        await Poll.UntilAsync(
            "the first push is over",
            Poll.Timeout,
            async _ => (await node.ExecAsync(run.Uid, "/bin/sh", "-c", "test -e /tmp/pushed")).ExitCode == 0
        );
        await node.Node.Bridge.KillAsync();
        await node.Node.Bridge.StartAsync(Cancelled);
        await node.ExecAsync(run.Uid, "/bin/sh", "-c", "touch /tmp/go");
        var status = (await run.EndAsync()).Status;

        Assert.Equal("moved", status.Result?.Text?.TrimEnd());
        Assert.Equal(2, status.Git!.Pushes!.Count);
        Assert.Equal(status.Git.Pushes[0].Commit, status.Git.Pushes[1].Previous);
    }

    [Fact]
    public async Task Secret_WithoutTheUse_IsWaitedFor()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("private/project.git", "commit one");

        var run = await scene.ApplyRunAsync(
            $"{GitCase.Secret()}\n---\n{GitCase.Document("waiting", own.UrlOf("private/project.git"), "true", Push)}"
        );
        await run.ReasonAsync(RunReason.SecretNotAllowed);
        await scene.ApplyAsync(GitCase.Secret(annotation: "stromboli.dev/use-as: 'git, git-push'"));

        Assert.Equal(RunReason.Completed, (await run.EndAsync()).Status.Reason);
    }

    private static string Document(string name, string url, string script, string git = Push) =>
        $"{GitCase.Secret(annotation: "stromboli.dev/use-as: 'git,git-push'")}\n---\n{GitCase.Document(name, url, script, git)}";

    // git aligns its columns.
    private static string Narrow(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).TrimEnd();
}
