using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.EndToEnd.Basics;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Sessions;

/// <summary>A conversation that continues from run to run, as the model's requests show.</summary>
public sealed class SessionConversationTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Tools = "agent: {claude: {tools: [Bash], dangerouslySkipPermissions: true}}";

    [Fact]
    public async Task SecondRun_ContinuesTheConversationAndTheFilesOfTheFirst()
    {
        var scene = await OnSharedStackAsync();
        var session = new SessionCase(scene);

        await session.CreateAsync(Tools);
        var first = await session.AskAsync("first", "the word is heron\n@bash echo seen > note; echo kept > ~/kept\n@say noted");
        var one = (await first.EndAsync()).Status;
        var second = await session.AskAsync("second", "what was the word?\n@bash cat note ~/kept\n@recall");
        var two = (await second.EndAsync()).Status;

        Assert.Equal((RunReason.Completed, RunReason.Completed), (one.Reason, two.Reason));
        Assert.Equal((first.Uid, first.Uid), (one.SessionID, two.SessionID));
        Assert.Contains("the word is heron", two.Result!.Text);
        Assert.Equal(one.NodeName, two.NodeName);
        Assert.Empty(await scene.NodeOf(second).VolumesAsync(second.Uid));
        var status = await session.UntilAsync("has two turns", status => status.Turns == 2);
        Assert.Equal(
            (SessionPhase.Ready, SessionReason.Idle, one.NodeName, first.Uid, 0, null),
            (status.Phase, status.Reason, status.NodeName, status.SessionID, status.QueueLength, status.ActiveRun)
        );
        Assert.Equal(one.Usage!.TotalTokens + two.Usage!.TotalTokens, status.Usage!.TotalTokens);
        Assert.True(status.StorageBytes > 0);
        Assert.NotNull(status.LastActivityTime);
        Assert.Equal(Kstatus.Current, Kstatus.Of(JsonNode.Parse(await scene.KubectlAsync("get", "asess", session.Name, "-o", "json"))!));
        StateRules.AssertHold(first);
        StateRules.AssertHold(second);
    }

    [Fact]
    public async Task Conversation_NewForkAndNamed_ContinueAsRequested()
    {
        var scene = await OnSharedStackAsync();
        var session = new SessionCase(scene);

        await session.CreateAsync(Tools);
        var heron = await EndAsync("heron", "the word is heron\n@say noted");
        var copy = await EndAsync("copy", "the copy knows of ibis\n@recall", "conversation: Fork");
        var afterCopy = await EndAsync("after-copy", "still the first\n@recall", "conversation: Resume");
        var fresh = await EndAsync("fresh", "the word is stork\n@recall", "conversation: New");
        var afterFresh = await EndAsync("after-fresh", "and now?\n@recall");
        var named = await EndAsync("named", "back again\n@recall", $"conversationID: {heron.SessionID}");
        var afterNamed = await EndAsync("after-named", "last\n@recall");

        Assert.NotEqual(heron.SessionID, copy.SessionID);
        Assert.Equal("the word is heron\n@say noted\nthe copy knows of ibis\n@recall", copy.Result!.Text);
        Assert.Equal(heron.SessionID, afterCopy.SessionID);
        Assert.DoesNotContain("ibis", afterCopy.Result!.Text);
        Assert.NotEqual(heron.SessionID, fresh.SessionID);
        Assert.Equal("the word is stork\n@recall", fresh.Result!.Text);
        Assert.Equal(fresh.SessionID, afterFresh.SessionID);
        Assert.Contains("stork", afterFresh.Result!.Text);
        Assert.Equal((heron.SessionID, heron.SessionID), (named.SessionID, afterNamed.SessionID));
        Assert.Contains("still the first", afterNamed.Result!.Text);
        Assert.DoesNotContain("stork", afterNamed.Result.Text);

        async Task<AgentRunStatus> EndAsync(string name, string prompt, string spec = "")
        {
            var status = (await (await session.AskAsync(name, prompt, spec)).EndAsync()).Status;
            Assert.True(status.Reason == RunReason.Completed, $"{name}: {status.Reason}: {status.Message}");
            return status;
        }
    }

    [Fact]
    public async Task Conversation_Missing_IsLostAndTheSessionIsNot()
    {
        var scene = await OnSharedStackAsync();
        var session = new SessionCase(scene);

        await session.CreateAsync();
        var first = (await (await session.AskAsync("first", "the word is heron\n@say noted")).EndAsync()).Status;
        var lost = (
            await (await session.AskAsync("unknown", "@say never", "conversationID: 3c6f3f0e-7a51-4d2b-9d3c-0a1b2c3d4e5f")).EndAsync()
        ).Status;
        var next = (await (await session.AskAsync("next", "go on\n@recall")).EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.SessionLost), (lost.Phase, lost.Reason));
        Assert.Equal((RunReason.Completed, first.SessionID), (next.Reason, next.SessionID));
        Assert.Contains("heron", next.Result!.Text);
    }

    [Fact]
    public async Task Run_CutShort_LeavesAConversationThatContinues()
    {
        var scene = await OnSharedStackAsync();
        var session = new SessionCase(scene);

        await session.CreateAsync(Tools);
        var cut = await session.AskAsync("cut", "the word is heron\n@bash echo ready > ready; sleep 600\n@say never");
        await session.UntilAsync("is busy", status => status is { Phase: SessionPhase.Busy, ActiveRun.Name: "cut" });
        await cut.RunningAsync();
        await Poll.UntilAsync(
            "the tool",
            Poll.Timeout,
            async _ => (await scene.NodeOf(cut).ExecAsync(cut.Uid, "/bin/cat", "/workspace/ready")).Succeeded,
            Cancelled
        );
        await scene.PatchAsync(cut, "spec: {cancel: true}");
        var one = (await cut.EndAsync()).Status;
        var two = (await (await session.AskAsync("next", "what was the word?\n@recall")).EndAsync()).Status;

        Assert.Equal((RunReason.Cancelled, cut.Uid), (one.Reason, one.SessionID));
        Assert.Equal((RunReason.Completed, cut.Uid), (two.Reason, two.SessionID));
        Assert.Contains("the word is heron", two.Result!.Text);
    }

    [Fact]
    public async Task Retry_StartsAnotherConversation_WhichBecomesTheSessions()
    {
        var scene = await OnSharedStackAsync();
        var session = new SessionCase(scene);

        await session.CreateAsync(Tools);
        var run = await session.AskAsync(
            "again",
            "the word is heron\n@bash test -e once || { touch once; kill -9 $PPID; }\n@say done",
            "retries: {limit: 2, backoff: 1s, reasons: [Crashed, AgentError]}"
        );
        var one = (await run.EndAsync()).Status;
        var two = (await (await session.AskAsync("next", "and?\n@recall")).EndAsync()).Status;

        Assert.Equal((RunReason.Completed, 2), (one.Reason, one.Attempt));
        Assert.NotEqual(run.Uid, one.SessionID);
        Assert.Equal((RunReason.Completed, one.SessionID), (two.Reason, two.SessionID));
        Assert.Contains("heron", two.Result!.Text);
        Assert.Equal(2, (await session.UntilAsync("has two turns", status => status.Turns == 2)).Turns);
    }
}
