using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Git;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Nodes;

namespace Stromboli.EndToEnd.Cli;

/// <summary><c>kubectl stromboli</c> on logs, files, diffs and conversations, through the API server.</summary>
public sealed class CliStreamTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Follow_ClaudeRun_PrintsWhatTheAgentDoesAndEndsWithItsOutcome()
    {
        var scene = await OnSharedStackAsync();
        var plugin = new PluginCase(scene);

        var followed = await plugin.RunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: claude
            spec:
              prompt: |
                @bash echo 'of the tool' > x && cat x
                @echo-result
              agent:
                claude:
                  dangerouslySkipPermissions: true
            """,
            "run",
            "-f",
            "-",
            "--follow"
        );
        var again = (await plugin.RunAsync("", "logs", "claude")).OrThrow("logs").Output;
        var late = await plugin.RunAsync("", "logs", "-f", "claude");
        var tail = (await plugin.RunAsync("", "logs", "claude", "--tail", "1")).OrThrow("logs --tail").Output;
        var json = (await plugin.RunAsync("", "logs", "claude", "--format", "json")).OrThrow("logs --format json").Output;

        Assert.Equal(0, followed.ExitCode);
        Assert.Contains("of the tool", followed.Output, StringComparison.Ordinal);
        Assert.Contains("claude succeeded", followed.Error, StringComparison.Ordinal);
        Assert.Equal((0, followed.Output), (late.ExitCode, late.Output));
        Assert.Equal(followed.Output, again);
        Assert.EndsWith(tail, again, StringComparison.Ordinal);
        Assert.All(json.TrimEnd('\n').Split('\n'), line => System.Text.Json.Nodes.JsonNode.Parse(line));
    }

    [Fact]
    public async Task Logs_FollowedThroughConnectionsThatBreak_LoseAndRepeatNothing()
    {
        const int Lines = 40;
        var scene = await OnSharedStackAsync();
        var plugin = new PluginCase(scene);
        await using var relay = new LinkRelay();
        var server = await scene.KubectlAsync("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}");
        var port = relay.Through(new Uri(server).Port);
        var run = await scene.ApplyRunAsync(
            PluginCase.Shell("counts", $"i=0; while [ $i -lt {Lines} ]; do i=$((i+1)); echo line $i; sleep 0.1; done; exit 5")
        );
        await run.RunningAsync();

        var seen = 0;
        var followed = await plugin.RunAsync(
            "",
            line =>
            {
                // In the middle of the log, and more than once.
                if (line.StartsWith("line ", StringComparison.Ordinal) && ++seen % 10 == 5)
                {
                    relay.Reset();
                }
            },
            "logs",
            "-f",
            "counts",
            "--server",
            $"https://127.0.0.1:{port}"
        );

        Assert.Equal(
            Enumerable.Range(1, Lines).Select(i => string.Create(CultureInfo.InvariantCulture, $"line {i}")),
            followed.Output.Split('\n').Where(line => line.StartsWith("line ", StringComparison.Ordinal))
        );
        Assert.Equal(3, followed.ExitCode);
        Assert.Equal(RunPhase.Failed, (await run.EndAsync()).Phase);
    }

    [Fact]
    public async Task Files_AndDiff_ComeHome()
    {
        var scene = await OnSharedStackAsync();
        var plugin = new PluginCase(scene);
        var git = new GitCase(scene);
        await git.MakeAsync("project.git", "printf 'one\\n' > kept; commit one");
        var run = await scene.ApplyRunAsync(
            GitCase.Document(
                "works",
                git.UrlOf("project.git"),
                "printf 'two\\n' >> kept; mkdir -p a/b; printf 'deep' > a/b/file; chmod +x a/b/file; ln -s /etc/passwd link; head -c 20000000 /dev/zero > big"
            )
        );
        await run.EndAsync();
        var folder = Directory.CreateTempSubdirectory("stromboli-cp-").FullName;

        var diff = (await plugin.RunAsync("", "diff", "works")).OrThrow("diff").Output;
        var one = (await plugin.RunAsync("", "cp", "works:kept", "-")).OrThrow("cp").Output;
        var all = await plugin.RunAsync("", "cp", "-r", "works:", Path.Combine(folder, "out"));

        Assert.Contains("@@ -1 +1,2 @@\n one\n+two\n", diff, StringComparison.Ordinal);
        Assert.Equal("one\ntwo\n", one);
        Assert.Equal(1, all.ExitCode);
        Assert.Contains("not copied: 'link': it is a symlink", all.Error, StringComparison.Ordinal);
        Assert.Contains("not copied: '.git'", all.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["a", "big", "kept"],
            Directory.EnumerateFileSystemEntries(Path.Combine(folder, "out")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.True(File.GetUnixFileMode(Path.Combine(folder, "out", "a", "b", "file")).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal(20_000_000, new FileInfo(Path.Combine(folder, "out", "big")).Length);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Messages_OfASession_AreReadable()
    {
        var scene = await OnSharedStackAsync();
        var plugin = new PluginCase(scene);
        (await plugin.RunAsync("", "session", "create", "talk", "--permission-mode", "bypassPermissions")).OrThrow("session create");
        (await plugin.RunAsync("", "run", "--session", "talk", "--wait", "Plant.\n@bash echo beans\n@say beans it is")).OrThrow("run");

        var text = (await plugin.RunAsync("", "session", "messages", "talk")).OrThrow("session messages").Output;
        var first = (await plugin.RunAsync("", "session", "messages", "talk", "--limit", "1", "-o", "json"))
            .OrThrow("messages -o json")
            .Output;

        Assert.Contains("Plant.", text, StringComparison.Ordinal);
        Assert.Contains("> Bash", text, StringComparison.Ordinal);
        Assert.Contains("< beans", text, StringComparison.Ordinal);
        Assert.Contains("beans it is", text, StringComparison.Ordinal);
        Assert.Single(System.Text.Json.Nodes.JsonNode.Parse(first)!["messages"]!.AsArray());
    }
}
