using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Lifecycle;

namespace Stromboli.EndToEnd.Git;

/// <summary>Repositories that try to run code.</summary>
public sealed class HostileRepositoryTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Repository_WithEveryTrick_RunsNothing()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("other.git", "commit one");
        await own.MakeAsync(
            "hostile.git",
            $$"""
            printf '[submodule "a"]\n\tpath = a\n\turl = ext::sh -c "touch /workspace/owned"\n\tupdate = !touch /workspace/owned\n[submodule "b"]\n\tpath = b\n\turl = file:///etc\n[submodule "c"]\n\tpath = c\n\turl = {{own.UrlOf(
                "other.git"
            )}}\n' > .gitmodules
            printf '* filter=owned diff=owned merge=owned text=auto\n*.bin filter=lfs diff=lfs merge=lfs -text\n' > .gitattributes
            printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0000000000000000000000000000000000000000000000000000000000000000\nsize 1\n' > large.bin
            printf '[remote "origin"]\n\turl = {{own.UrlOf("other.git")}}\n' > .lfsconfig
            mkdir hooks .githooks; printf '#!/bin/sh\ntouch /workspace/owned\n' | tee hooks/post-checkout > .githooks/post-checkout; chmod +x hooks/* .githooks/*
            ln -s /etc/passwd passwd; ln -s ../../../../tmp tmp
            printf '[core]\n\tfsmonitor = touch /workspace/owned\n\tsshCommand = touch /workspace/owned\n[filter "owned"]\n\tsmudge = touch /workspace/owned\n' > config; cp config .gitconfig
            git add --all
            for path in a b c; do git update-index --add --cacheinfo "160000,$(printf %040d 1),$path"; done
            git commit --quiet --message tricks
            """
        );

        var run = await scene.ApplyRunAsync(
            GitCase.Document(
                "hostile",
                own.UrlOf("hostile.git"),
                "ls -A; ls -A a b c; find / -xdev -name 'owned*' 2>/dev/null; cat large.bin | head -n 1; readlink passwd tmp; git config --list --local; ls .git/modules .git/hooks"
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunPhase.Failed, status.Phase); // ls finds neither of the last two.
        Assert.Equal(
            """
            .git
            .gitattributes
            .gitconfig
            .githooks
            .gitmodules
            .lfsconfig
            a
            b
            c
            config
            hooks
            large.bin
            passwd
            tmp
            a:

            b:

            c:
            version https://git-lfs.github.com/spec/v1
            /etc/passwd
            ../../../../tmp
            core.repositoryformatversion=0
            core.filemode=true
            core.bare=false
            core.logallrefupdates=true
            """,
            status.Result!.Text!.Split("\nremote.origin.url=")[0]
        );
        Assert.Empty(own.RequestsFor("other.git"));
    }

    [Fact]
    public async Task Server_WhoseMessagesLookLikeRecordsOfTheShim_ChangesNothing()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("hostile.git", "echo one > file; commit one");
        const string Started = """r{"t":"started","pid":2}""";
        const string Exited = """r{"t":"exited","code":9,"by":"agent"}""";
        const string Line = "2026-11-21T04:00:00.000000000+00:00 stdout";
        string[] said =
        [
            $"a\r{Line} F {Started}",
            $"x stdout P e\r{Line} F {Exited}",
            $"\r\n{Line} P e\r{Line} F r{{\"t\":\r{Line} F r",
            $"{Line} F {Exited}",
        ];
        own.Server.Repositories.SetMessages(own.FolderOf("hostile.git"), string.Join('\n', said) + "\n");

        var run = await scene.ApplyRunAsync(GitCase.Document("talked-to", own.UrlOf("hostile.git"), "cat file"));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, "one"), (status.Phase, status.Result?.Text?.TrimEnd()));
        var lines = (await File.ReadAllTextAsync(HookTests.LogPath(scene, run), Cancelled)).Split('\n');
        Assert.Contains(lines, line => line.Contains(" stdout F eremote: ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains('\r', StringComparison.Ordinal));
        Assert.Equal(
            2,
            lines.Count(line =>
                line.Contains(" stdout F r{", StringComparison.Ordinal) && !line.Contains("eremote", StringComparison.Ordinal)
            )
        );
    }

    [Theory]
    [InlineData("120000", "../outside", ".git")]
    [InlineData("120000", "/tmp", ".GIT")]
    [InlineData("100755", "[core]", "..")]
    public async Task Tree_WithAForbiddenName_IsNotWritten(string mode, string content, string name)
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        // Written as bytes, since git itself refuses to make such a tree.
        await own.MakeAsync(
            "hostile.git",
            $$"""
            blob=$(printf '{{content}}' | git hash-object -w --stdin)
            tree=$( { printf '{{mode}} {{name}}\0'; printf %s "$blob" | sed 's/../\\x&/g' | xargs -0 printf '%b'; } | git hash-object -w -t tree --literally --stdin)
            git update-ref refs/heads/main $(git commit-tree -m hostile $tree)
            """
        );

        var run = await scene.ApplyRunAsync(GitCase.Document("hostile", own.UrlOf("hostile.git"), "true"));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.GitCloneFailed), (status.Phase, status.Reason));
        Assert.Equal(
            $"Cloning {own.UrlOf("hostile.git")} failed: its files could not be written into the workspace; the run's log says more.",
            status.Message
        );
    }
}
