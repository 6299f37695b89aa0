using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Streams;

/// <summary>
/// The logs of real agents, as a reader of the API server sees them. That bytes come while the agent runs is shown by order: the agent goes
/// on only when the case has read what it wrote before.
/// </summary>
public sealed class LogTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Key = "sk-ant-api03-0123456789abcdefghijklmnopqrstuvwxyz";

    [Fact]
    public async Task Log_OfClaude_IsFollowedLiveAndIsTheSameForEveryReader()
    {
        var scene = await OnSharedStackAsync();
        var streams = new StreamCase(scene);
        using var reader = await streams.ReaderAsync("reader", "agentruns/log");
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata: {name: work}
            spec:
              prompt: |
                @bash echo first; until [ -e go ]; do sleep 0.1; done
                @bash printf '\033[2J\033]0;title\007\302\233 \342\200\256 done\nmore\n'
                @bash echo {{Key}}; exit 3
                @say All is built.
              agent:
                claude:
                  dangerouslySkipPermissions: true
              lifecycle:
                postStart: [echo from the hook]
            """
        );
        using var text = new KubectlFollower(scene.Kubectl, streams.Path("work", "log?follow=true"));
        using var json = new KubectlFollower(scene.Kubectl, streams.Path("work", "log?follow=true&format=json&attempt=1"));
        // A reader that has a connection and reads nothing of it.
        using var silent = await reader.GetAsync(streams.Path("work", "log?follow=true"));

        // The call is shown while it runs.
        await text.HasAsync("▸ Bash(echo first; until [ -e go ]; do sleep 0.1; done)");
        await json.HasAsync("\"type\":\"tool_use\"");
        await text.HasAsync("from the hook");
        Assert.False(run.Last.IsFinished);
        var early = await GetAsync(reader, streams.Path("work", "log"));
        Assert.StartsWith(early, text.Printed, StringComparison.Ordinal);
        Assert.False(run.Last.IsFinished);
        await CountingAgent.LetGoAsync(scene, run);
        Assert.Equal("All is built.", (await run.EndAsync()).Status.Result!.Text);

        // A follower ends with the log, without an error.
        Assert.Equal((0, ""), await text.EndAsync());
        Assert.Equal((0, ""), await json.EndAsync());
        var whole = text.Printed;
        Assert.StartsWith(early, whole, StringComparison.Ordinal);
        AssertSafe(whole);
        AssertSafe(json.Printed);
        Assert.DoesNotContain(scene.Stack.ModelKey, whole + json.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, whole, StringComparison.Ordinal);
        Assert.Contains("sleep 0.1; done) ok: first\n", whole, StringComparison.Ordinal);
        Assert.Contains("[credential]", whole, StringComparison.Ordinal);
        Assert.Contains(") failed: Exit code 3", whole, StringComparison.Ordinal);
        Assert.Contains("\nAll is built.\n▸ succeeded: ", whole, StringComparison.Ordinal);
        Assert.Matches(@"▸ succeeded: \d+ turns, .* s, \$\d", whole);
        await AssertSameAsync(scene, streams, reader, whole, json.Printed);
        Assert.Equal(whole, await silent.Content.ReadAsStringAsync(Cancelled));

        // Nor does it change when the container is gone.
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
        await AssertSameAsync(scene, streams, reader, whole, json.Printed);
        AssertMessages(json.Printed);
        using var second = await reader.GetAsync(streams.Path("work", "log?attempt=2"));
        Assert.Equal(HttpStatusCode.NotFound, second.StatusCode);
    }

    [Fact]
    public async Task Log_OfACommand_SlowReaderHoldsUpNobody()
    {
        const int Lines = 300_000;
        var scene = await OnSharedStackAsync();
        var streams = new StreamCase(scene);
        using var reader = await streams.ReaderAsync("reader", "agentruns/log");
        var run = await scene.ApplyRunAsync(
            CountingAgent.Document(
                scene,
                "loud",
                $$"""
                printf 'no newline'
                until [ -e go ]; do sleep 0.1; done
                printf '\033[31m\rprogress\r\nwarn\n' >&2
                seq 1 {{Lines}} | sed 's/$/ and so on, so that it is more than any buffer between agent and reader holds/'
                """
            )
        );
        using var slow = await reader.GetAsync(streams.Path("loud", "log?follow=true"));
        using var fast = await reader.GetAsync(streams.Path("loud", "log?follow=true"));
        await using var body = await fast.Content.ReadAsStreamAsync(Cancelled);

        // What has no end of line is there too.
        await StreamClient.ExpectAsync(body, "no newline");
        await CountingAgent.LetGoAsync(scene, run);
        var rest = new StreamReader(body).ReadToEndAsync(Cancelled);
        // The agent and the other reader come to their ends while the slow one has read nothing.
        await run.EndAsync();
        var whole = "no newline" + await rest.WaitAsync(Poll.Timeout, Cancelled);

        AssertSafe(whole);
        Assert.Contains("no newline\n\uFFFD[31m\nprogress\nwarn\n1 and so on", whole, StringComparison.Ordinal);
        Assert.Contains($"\n{Lines} and so on", whole, StringComparison.Ordinal);
        Assert.Equal(whole, await slow.Content.ReadAsStringAsync(Cancelled));
        var size = Encoding.UTF8.GetByteCount(whole);
        // The end is ASCII.
        Assert.Equal(whole[^1000..], await GetAsync(reader, streams.Path("loud", $"log?offset={size - 1000}")));
        Assert.Equal(Digest(whole), Digest(await GetAsync(reader, streams.Path("loud", "log"))));
        Assert.Equal(
            string.Concat(whole.TrimEnd('\n').Split('\n').TakeLast(3).Select(line => line + "\n")),
            await GetAsync(reader, streams.Path("loud", "log?tailLines=3"))
        );
        Assert.Equal("", await GetAsync(reader, streams.Path("loud", $"log?offset={size}&follow=true")));
        Assert.Equal(Digest(whole), Digest(await GetAsync(reader, streams.Path("loud", "log?sinceSeconds=100000"))));
    }

    [Fact]
    public async Task Log_BridgeRestartedUnderAFollower_GoesOnAtTheOffset()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var streams = new StreamCase(scene);
        using var reader = await streams.ReaderAsync("reader", "agentruns/log");
        var document = CountingAgent.Document(
            scene,
            "through",
            "echo before; until [ -e go ]; do sleep 0.1; done; echo after",
            "ttlAfterFinished",
            "\"1s\""
        );
        var run = await scene.ApplyRunAsync(document);
        using var kubectl = new KubectlFollower(scene.Kubectl, streams.Path("through", "log?follow=true"));
        await kubectl.HasAsync("before\n");
        var bridge = scene.NodeOf(run).Node.Bridge;

        // Cut off is not the end, and looks different.
        await bridge.KillAsync(Cancelled);
        var (code, _) = await kubectl.EndAsync();
        Assert.NotEqual(0, code);
        using (var away = await reader.GetAsync(streams.Path("through", "log")))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
            var sentence = await away.Content.ReadAsStringAsync(Cancelled);
            Assert.Contains(run.Last.Status.NodeName!, sentence, StringComparison.Ordinal);
        }

        await bridge.StartAsync(Cancelled);
        var offset = Encoding.UTF8.GetByteCount(kubectl.Printed);
        using var resumed = await Poll.ForAsync(
            "the node is back",
            Poll.Timeout,
            async _ => await AnsweredAsync(reader, streams.Path("through", $"log?follow=true&offset={offset}")),
            Cancelled
        );
        await CountingAgent.LetGoAsync(scene, run);
        var rest = await resumed.Content.ReadAsStringAsync(Cancelled).WaitAsync(Poll.Timeout, Cancelled);
        await run.EndAsync();
        Assert.StartsWith("after\n", rest, StringComparison.Ordinal);

        // The log goes with the run's TTL, and a reader is told so.
        await Leftovers.GoneAsync(scene.NodeOf(run), run.Uid, Poll.Timeout);
        using var gone = await reader.GetAsync(streams.Path("through", "log"));
        Assert.Contains(gone.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.Gone });
        Assert.Contains("ttlAfterFinished", await gone.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        CountingAgent.AssertRanOnce(scene, run);
    }

    private static async Task<HttpResponseMessage?> AnsweredAsync(StreamClient reader, string path)
    {
        var answer = await reader.GetAsync(path);
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            return answer;
        }

        answer.Dispose();
        return null;
    }

    private static async Task<string> GetAsync(StreamClient reader, string path)
    {
        using var answer = await reader.GetAsync(path);
        var body = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.True(answer.IsSuccessStatusCode, body);
        return body;
    }

    private static async Task AssertSameAsync(Scene scene, StreamCase streams, StreamClient reader, string text, string json)
    {
        Assert.Equal(text, await scene.Kubectl.RunAsync("get", "--raw", streams.Path("work", "log")));
        Assert.Equal(text, await GetAsync(reader, streams.Path("work", "log?follow=true&attempt=1&format=text")));
        Assert.Equal(json, await GetAsync(reader, streams.Path("work", "log?format=json")));
        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var offset in new[] { 0, 1, bytes.Length / 2, bytes.Length, bytes.Length + 10 })
        {
            using var answer = await reader.GetAsync(streams.Path("work", $"log?offset={offset}"));
            Assert.Equal(bytes[Math.Min(offset, bytes.Length)..], await answer.Content.ReadAsByteArrayAsync(Cancelled));
        }

        Assert.Equal(
            string.Concat(text.TrimEnd('\n').Split('\n').TakeLast(2).Select(line => line + "\n")),
            await GetAsync(reader, streams.Path("work", "log?tailLines=2"))
        );
    }

    private static void AssertSafe(string text) =>
        Assert.DoesNotContain(
            text.EnumerateRunes(),
            rune =>
                (Rune.IsControl(rune) && rune.Value is not ('\n' or '\t'))
                || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F
        );

    // The agent's own lines are there as it wrote them, and what the shim saw beside them.
    private static void AssertMessages(string json)
    {
        var (types, events) = (new List<string>(), new List<string>());
        foreach (var line in json.TrimEnd('\n').Split('\n'))
        {
            using var parsed = JsonDocument.Parse(line);
            if (parsed.RootElement.TryGetProperty("message", out var message))
            {
                types.Add(message.GetProperty("type").GetString()!);
            }

            if (parsed.RootElement.TryGetProperty("event", out var happened))
            {
                events.Add(happened.GetProperty("type").GetString()!);
            }
        }

        Assert.Equal(("system", "result"), (types[0], types[^1]));
        Assert.Equal(["hookStarted", "hookEnded", "started", "exited"], events);
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
