using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Sessions;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Streams;

/// <summary>Files of workspaces through the API server: while the agent runs, and after its end.</summary>
public sealed class FilesTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Script = """
        umask 077; mkdir src many; printf 'hello\nworld\n' > src/a.txt; chmod 600 src/a.txt; chmod 700 src
        for i in 1 2 3 4 5 6 7 8 9; do echo $i > many/f$i; done
        ln -s /etc/passwd link; ln -s / root; mkfifo pipe; echo x > one; ln one two; echo odd > "$(printf 'n\377')"
        head -c 300000 /dev/zero | tr '\0' z > big; chmod 000 big; chmod 000 many
        touch ready; exec sleep 600
        """;

    [Fact]
    public async Task Workspace_WhileTheAgentRunsAndAfter_IsListedAndRead()
    {
        var scene = await OnSharedStackAsync();
        var reader = new RawStreams(scene);
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: writes
            spec:
              prompt: none
              agent:
                command: [sh, -c, {{JsonSerializer.Serialize(Script)}}]
            """
        );
        await reader.WaitForFileAsync(run, "ready");

        await ShowAsync(reader, run.Name);
        await scene.PatchAsync(run, "spec: {cancel: true}");
        Assert.Equal(RunReason.Cancelled, (await run.EndAsync()).Reason);
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
        await ShowAsync(reader, run.Name);

        // No reader is left on the node.
        await Poll.UntilAsync(
            "the readers have ended",
            Poll.Timeout,
            async token =>
                !(
                    await scene
                        .NodeOf(run)
                        .Node.Machine.RunAsync(
                            ["sh", "-c", "for p in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < $p; echo; done 2> /dev/null"],
                            cancellationToken: token
                        )
                )
                    .Output.Split('\n')
                    .Any(line =>
                        line.Contains("stromboli-reader", StringComparison.Ordinal) && line.Contains(run.Uid, StringComparison.Ordinal)
                    ),
            Cancelled
        );
    }

    [Fact]
    public async Task Workspace_OnTheNode_IsReadWithTheBridgesRightsAndOnlyIfItIsTheSame()
    {
        var scene = await OnSharedStackAsync();
        var reader = new RawStreams(scene);
        var folder = SharedFolder.Make($"work/{scene.Namespace}");
        await File.WriteAllTextAsync(Path.Combine(folder, "of-root"), "secret", Cancelled);
        File.SetUnixFileMode(Path.Combine(folder, "of-root"), UnixFileMode.UserRead);
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: on-node
            spec:
              prompt: none
              workspace:
                hostPath:
                  path: {{NodeFolder.Inside}}/work/{{scene.Namespace}}
              agent:
                command: [sh, -c, "echo own > own; chmod 600 own"]
            """
        );
        Assert.Equal(RunReason.Completed, (await run.EndAsync()).Reason);

        var own = await reader.GetAsync("agentruns", run.Name, RawStreams.File("own"));
        var other = await reader.TryAsync("agentruns", run.Name, RawStreams.File("of-root"));
        Directory.Move(folder, folder + "-before");
        SharedFolder.Make($"work/{scene.Namespace}");
        var replaced = await reader.TryAsync("agentruns", run.Name, RawStreams.File("own"));

        Assert.Equal("own\n", own);
        Assert.False(other.Succeeded);
        Assert.Contains("'of-root' may not be read by the user of the node's bridge.", other.Error, StringComparison.Ordinal);
        Assert.False(replaced.Succeeded);
        Assert.Contains("another one is at its path now.", replaced.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_FilesAndMessages_AreReadAfterTwoTurns()
    {
        var scene = await OnSharedStackAsync();
        var (session, reader) = (new SessionCase(scene), new RawStreams(scene));

        await session.CreateAsync("agent: {claude: {tools: [Bash], dangerouslySkipPermissions: true}}");
        var early = await reader.TryAsync("agentsessions", session.Name, "messages");
        var first = await session.AskAsync("first", "the word is heron\n@bash echo seen > note; echo told; exit 3\n@say noted");
        var one = (await first.EndAsync()).Status;
        var second = await session.AskAsync("second", "what was the word?\n@say heron");
        var two = (await second.EndAsync()).Status;
        var all = await reader.JsonAsync("agentsessions", session.Name, "messages");
        var page = await reader.JsonAsync("agentsessions", session.Name, "messages?offset=1&limit=2");
        var note = await reader.GetAsync("agentsessions", session.Name, RawStreams.File("note"));
        // A later turn replaces the transcript with a link. Nothing that it leads to is read.
        var liar = await session.ShellAsync("liar", "cd ~/.claude/projects/* && for f in *.jsonl; do ln -sf /etc/passwd $f; done");
        await liar.EndAsync();
        var refused = await reader.TryAsync("agentsessions", session.Name, "messages");

        Assert.False(early.Succeeded);
        Assert.Equal((RunReason.Completed, RunReason.Completed), (one.Reason, two.Reason));
        Assert.Equal(one.SessionID, all["conversation"]!.ToString());
        var messages = all["messages"]!.AsArray();
        Assert.Equal(Enumerable.Range(0, messages.Count), messages.Select(message => message!["index"]!.GetValue<int>()));
        var shown = messages.Select(message => $"{message!["role"]}: {message["text"]}").ToList();
        Assert.StartsWith("user: the word is heron", shown[0], StringComparison.Ordinal);
        Assert.Contains("assistant: noted", shown);
        Assert.Equal("assistant: heron", shown[^1]);
        var call = messages.Select(message => message!["toolCalls"]?[0]).OfType<JsonNode>().Single();
        Assert.Equal(("Bash", "echo seen > note; echo told; exit 3"), (call["name"]!.ToString(), call["input"]!["command"]!.ToString()));
        var result = messages.Select(message => message!["toolResults"]?[0]).OfType<JsonNode>().Single();
        Assert.Equal((call["id"]!.ToString(), true), (result["id"]!.ToString(), result["isError"]!.GetValue<bool>()));
        Assert.Contains("told", result["text"]!.ToString(), StringComparison.Ordinal);
        Assert.True(messages[^1]!["usage"]!["outputTokens"]!.GetValue<long>() > 0);
        Assert.True(messages[^1]!["time"]!.GetValue<DateTimeOffset>() > DateTimeOffset.UnixEpoch);
        Assert.Equal([1, 2], page["messages"]!.AsArray().Select(message => message!["index"]!.GetValue<int>()));
        Assert.Equal(3, page["continue"]!.GetValue<int>());
        Assert.Null(all["continue"]);
        Assert.Equal("seen\n", note);
        Assert.False(refused.Succeeded);
        Assert.DoesNotContain("root:", refused.Output + refused.Error, StringComparison.Ordinal);
    }

    private static async Task ShowAsync(RawStreams reader, string run)
    {
        async Task<string> ReadAsync(string path, string more = "") => await reader.GetAsync("agentruns", run, RawStreams.File(path, more));

        async Task<JsonNode> ListAsync(string path, string more = "") =>
            await reader.JsonAsync("agentruns", run, RawStreams.File(path, more));

        async Task<string> RefusalAsync(string path)
        {
            var result = await reader.TryAsync("agentruns", run, RawStreams.File(path));
            Assert.False(result.Succeeded, path);
            return result.Error;
        }

        var root = await ListAsync("");
        Assert.Equal(
            [
                "big file 300000 0000",
                "link symlink 0 0777",
                "many directory 0 0000",
                @"n\xff file 4 0600",
                "one hardlink 2 0600",
                "pipe fifo 0 0600",
                "ready file 0 0600",
                "root symlink 0 0777",
                "src directory 0 0700",
                "two hardlink 2 0600",
            ],
            root["entries"]!.AsArray().Select(entry => $"{entry!["name"]} {entry["type"]} {entry["bytes"]} {entry["mode"]}")
        );
        Assert.Null(root["continue"]);
        Assert.Equal("hello\nworld\n", await ReadAsync("src/a.txt"));
        Assert.Equal("odd\n", await ReadAsync(@"n\xff"));

        // Pages of a directory and of a file.
        List<string> names = [];
        for (long? offset = 0; offset is { } from; )
        {
            var page = await ListAsync("many", $"&offset={from}&limit=4");
            names.AddRange(page["entries"]!.AsArray().Select(entry => entry!["name"]!.ToString()));
            offset = page["continue"]?.GetValue<long>();
        }

        Assert.Equal(Enumerable.Range(1, 9).Select(i => $"f{i}"), names);
        Assert.Equal("lo\n", await ReadAsync("src/a.txt", "&offset=3&limit=3"));
        Assert.Equal("", await ReadAsync("src/a.txt", "&offset=100"));
        var big = (await ReadAsync("big")).TrimEnd('\n');
        Assert.True(big.Length == 300_000 && !big.AsSpan().ContainsAnyExcept('z'));

        Assert.Contains("'link' is a symbolic link or goes through one, and links are not followed.", await RefusalAsync("link"));
        Assert.Contains("'root/etc/passwd' is a symbolic link or goes through one", await RefusalAsync("root/etc/passwd"));
        Assert.Contains("'pipe' is a named pipe: only files and directories can be read.", await RefusalAsync("pipe"));
        Assert.Contains("'two' is a file with 2 names (hard links)", await RefusalAsync("two"));
        Assert.Contains("relative to the workspace", await RefusalAsync("../../../etc/passwd"));
        Assert.Contains("relative to the workspace", await RefusalAsync("/etc/passwd"));
        Assert.Contains("The workspace has no 'nothing'.", await RefusalAsync("nothing"));
    }
}
