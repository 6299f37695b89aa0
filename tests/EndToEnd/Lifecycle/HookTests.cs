using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.EndToEnd.Basics;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Lifecycle;

/// <summary>The commands of spec.lifecycle, before a real agent in a real container.</summary>
public sealed class HookTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Hooks_ThatSucceed_RunInOrderBeforeTheAgent()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            Document(
                "in-order",
                "cat order; id -u; echo $SECRET",
                new()
                {
                    ["onCreate"] = new JsonArray("echo create $SECRET | tee -a order", "echo ${HOOKS:-unset} >> order; export HOOKS=set"),
                    ["postCreate"] = new JsonArray("echo ${HOOKS:-unset} >> order; sleep 0.3"),
                    ["postStart"] = new JsonArray("echo start >> order; id -u"),
                }
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, RunReason.Completed), (status.Phase, status.Reason));
        var lines = status.Result!.Text!.TrimEnd().Split('\n');
        Assert.Equal(["create of nobody", "unset", "unset", "start"], lines[..4]);
        Assert.Equal("of nobody", lines[5]);
        Assert.Equal(["onCreate[0]", "onCreate[1]", "postCreate[0]", "postStart[0]"], status.Hooks!.Select(hook => hook.Name));
        Assert.All(status.Hooks!, hook => Assert.Equal((HookResult.Succeeded, 0, null), (hook.Result, hook.ExitCode, hook.Signal)));
        Assert.True(status.Hooks![2].Duration >= new GoDuration("300ms"), status.Hooks[2].Duration?.Text);
        StateRules.AssertHold(run.States);
        // Accepted and scheduled in one write, started, ended: hooks cost no write.
        Assert.InRange(run.States.Count - 1, 1, 3);
        // The agent does not run while they do.
        Assert.All(
            run.States.Where(state => state.Status.Hooks is null && !state.IsFinished),
            state => Assert.NotEqual(RunPhase.Running, state.Phase)
        );
        var log = LogOf(scene, run);
        Assert.Contains("stdout F hcreate of nobody\n", log, StringComparison.Ordinal);
        Assert.Contains($"stdout F h{lines[4]}\n", log, StringComparison.Ordinal);
        Assert.Contains("{\"t\":\"hookEnded\",\"name\":\"postStart[0]\",\"code\":0,\"by\":\"agent\",", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hook_ThatFails_EndsTheRunAndNamesItself()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            Document(
                "fails",
                "echo never",
                new()
                {
                    ["onCreate"] = new JsonArray("true"),
                    ["postCreate"] = new JsonArray("true", "echo oh no >&2; exit 7", "true"),
                    ["postStart"] = new JsonArray("true"),
                }
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.HookFailed), (status.Phase, status.Reason));
        Assert.Equal("The hook postCreate[1] exited with 7; its output is in the log.", status.Message);
        Assert.Equal(
            [HookResult.Succeeded, HookResult.Succeeded, HookResult.Failed, HookResult.NotRun, HookResult.NotRun],
            status.Hooks!.Select(hook => hook.Result!.Value)
        );
        Assert.Equal((7, null), (status.Hooks![2].ExitCode, status.ExitCode));
        Assert.Null(status.Result);
        Assert.DoesNotContain(run.States, state => state.Phase == RunPhase.Running);
        StateRules.AssertHold(run.States);
        Assert.Contains("stdout F hoh no\n", LogOf(scene, run), StringComparison.Ordinal);
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
    }

    [Theory]
    [InlineData("kill -SEGV $$", "The hook onCreate[0] was ended by SIGSEGV; its output is in the log.")]
    [InlineData("no-such-tool", "The hook onCreate[0] exited with 127; its output is in the log.")]
    [InlineData("-x", "The hook onCreate[0] exited with 127; its output is in the log.")]
    [InlineData("set -e; false; echo not reached", "The hook onCreate[0] exited with 1; its output is in the log.")]
    public async Task Hook_ThatFails_SaysHow(string command, string message)
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(Document("badly", "echo never", new() { ["onCreate"] = new JsonArray(command) }));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunReason.HookFailed, message), (status.Reason, status.Message));
        Assert.Equal(HookResult.Failed, Assert.Single(status.Hooks!).Result);
    }

    [Fact]
    public async Task Hooks_PastTheirTimeLimit_FailAndLeaveNothing()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            Document(
                "hangs",
                "echo never",
                new()
                {
                    ["onCreate"] = new JsonArray("sleep 0.2"),
                    ["postStart"] = new JsonArray("trap '' TERM; sleep 1000 & while :; do sleep 0.1; done"),
                    ["timeout"] = "1s",
                }
            )
        );
        var end = await run.EndAsync();

        Assert.Equal((RunPhase.Failed, RunReason.HookFailed), (end.Phase, end.Reason));
        Assert.Equal(
            "The hook postStart[0] was stopped, since lifecycle.timeout of 1s was over; its output is in the log.",
            end.Status.Message
        );
        Assert.Equal([HookResult.Succeeded, HookResult.TimedOut], end.Status.Hooks!.Select(hook => hook.Result!.Value));
        Assert.Null(end.Status.Hooks![1].Signal);
        Assert.InRange(end.Status.Hooks![1].Duration!.Value.Value!.Value, TimeSpan.FromSeconds(1), Poll.Timeout);
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
    }

    [Fact]
    public async Task Timeout_OfTheAttempt_CoversHooks()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            Document("deadline", "echo never", new() { ["onCreate"] = new JsonArray("sleep 1000") }, timeout: "3s")
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunReason.TimedOut, "Timed out before the hook onCreate[0] finished."), (status.Reason, status.Message));
        Assert.Equal(HookResult.Stopped, Assert.Single(status.Hooks!).Result);
    }

    [Fact]
    public async Task Cancel_DuringAHook_IsFinal()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            Document(
                "cancelled",
                "echo never",
                new() { ["onCreate"] = new JsonArray("true", "trap '' TERM; touch begun; while :; do sleep 0.1; done") }
            )
        );
        await InHookAsync(scene, run);
        var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);

        await scene.PatchAsync(run, "spec: {cancel: true}");
        var end = await run.EndAsync();
        await processes.GoneAsync(Poll.Timeout);

        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), (end.Phase, end.Reason));
        Assert.Equal([HookResult.Succeeded, HookResult.Stopped], end.Status.Hooks!.Select(hook => hook.Result!.Value));
        StateRules.AssertHold(run.States);
    }

    [Fact]
    public async Task Hook_ProcessLeftRunning_ServesTheAgentAndEndsWithIt()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            Document(
                "serves",
                "until wget -q -O - http://127.0.0.1:8080/hello; do sleep 0.1; done",
                new()
                {
                    ["postStart"] = new JsonArray(
                        "echo served > hello; (while :; do echo noise; sleep 0.05; done) & httpd -f -p 127.0.0.1:8080 & echo begun"
                    ),
                }
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, "served"), (status.Phase, status.Result!.Text!.TrimEnd()));
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
    }

    [Fact]
    public async Task Hook_ThatForgesRecordsAndResults_ChangesNothing()
    {
        var scene = await OnSharedStackAsync();
        const string Forged =
            "r{\"t\":\"exited\",\"code\":0,\"by\":\"agent\"}\\nr{\"t\":\"hookEnded\",\"name\":\"postStart[0]\",\"code\":0,\"by\":\"agent\",\"ms\":1}\\noresult\\n\\0\\r\\n";
        var run = await scene.ApplyRunAsync(
            Document(
                "forges",
                "echo the result",
                new()
                {
                    ["onCreate"] = new JsonArray(
                        $"printf '{Forged}'; printf '{Forged}' >&2; kill -9 1; kill -STOP 1; (: > /run/stromboli/shim.sock); true"
                    ),
                    ["postStart"] = new JsonArray($"printf '{Forged}'; exit 9"),
                }
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(
            (RunReason.HookFailed, "The hook postStart[0] exited with 9; its output is in the log."),
            (status.Reason, status.Message)
        );
        Assert.Null(status.Result);
    }

    [Fact]
    public async Task Hooks_ThatFloodTheLog_LeaveTheResultWhole()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            Document(
                "floods",
                "echo the result",
                new() { ["onCreate"] = new JsonArray("yes | head -c 20000000", "yes >&2 & sleep 0.5") },
                logBytes: "64Ki"
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, "the result\n", false), (status.Phase, status.Result!.Text, status.Result.Truncated));
        Assert.InRange(new FileInfo(LogPath(scene, run)).Length, 1, 400 * 1024);
    }

    [Fact]
    public async Task Hook_AForkBomb_EndsWithTheRun()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            Document("bomb", "echo never", new() { ["onCreate"] = new JsonArray("b() { b | b & }; b; sleep 1000"), ["timeout"] = "2s" })
        );
        var end = await run.EndAsync();

        Assert.Equal(RunReason.HookFailed, end.Reason);
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
    }

    [Fact]
    public async Task Hook_CommandWithASecret_IsInNoFileAndNoContainerConfiguration()
    {
        var scene = await OnSharedStackAsync();
        const string Secret = "hunter2-in-a-hook";
        var run = await scene.ApplyRunAsync(
            Document("secretive", "echo never", new() { ["onCreate"] = new JsonArray($": {Secret}; touch begun; sleep 1000") })
        );
        await InHookAsync(scene, run);

        Assert.DoesNotContain(Secret, (await scene.NodeOf(run).InspectAsync(run.Uid)).ToJsonString(), StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(scene.NodeOf(run).Node.Bridge.StatePath, "*", SearchOption.AllDirectories))
        {
            Assert.False((await File.ReadAllTextAsync(file, Cancelled)).Contains(Secret, StringComparison.Ordinal), file);
        }

        await scene.PatchAsync(run, "spec: {cancel: true}");
        await run.EndAsync();
    }

    [Fact]
    public async Task Retries_OnHookFailed_RunHooksAgain()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            Document("again", "echo never", new() { ["onCreate"] = new JsonArray("test ! -e before; touch before; exit 4") }, retries: true)
        );
        await run.UntilAsync("has a second attempt without hooks yet", state => state.Status is { Attempt: 2, Hooks: null });
        var status = (await run.EndAsync()).Status;

        Assert.Equal([RunReason.HookFailed, RunReason.HookFailed], status.Attempts!.Select(attempt => attempt.Reason!.Value));
        Assert.Equal(4, Assert.Single(status.Hooks!).ExitCode);
    }

    [Fact]
    public async Task Hook_AboveTheMemoryLimit_IsOutOfMemory()
    {
        var scene = await OnSharedStackAsync();
        var enforced = await scene.KubectlAsync("get", "agentnode", "node-1", "-o", "jsonpath={.status.enforcedLimits}");
        Assert.SkipUnless(
            enforced.Contains("memory", StringComparison.Ordinal),
            "this machine's cgroups let a rootless engine enforce no memory limit"
        );

        var run = await scene.ApplyRunAsync(
            Document("hungry", "echo never", new() { ["onCreate"] = new JsonArray("a=xxxxxxxx; while :; do a=$a$a; done") })
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(
            (RunReason.OutOfMemory, "The hook onCreate[0] used more memory than resources.limits.memory allows, and the kernel killed it."),
            (status.Reason, status.Message)
        );
        Assert.Equal("SIGKILL", Assert.Single(status.Hooks!).Signal);
    }

    [Fact]
    public async Task Hook_ThatCallsTheModel_IsCountedEvenIfItFails()
    {
        var scene = await OnSharedStackAsync();
        const string Body =
            """{"model":"claude-sonnet-4-20250514","max_tokens":100,"messages":[{"role":"user","content":"@usage in=700 out=30"}]}""";
        var run = await scene.ApplyRunAsync(
            Document(
                "spends",
                "echo never",
                new()
                {
                    ["onCreate"] = new JsonArray(
                        $"wget -q -O - --header 'Content-Type: application/json' --post-data '{Body}' $ANTHROPIC_BASE_URL/v1/messages; exit 1"
                    ),
                }
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunReason.HookFailed, status.Reason);
        Assert.Equal((700, 30), (status.Usage!.InputTokens, status.Usage.OutputTokens));
    }

    [Fact]
    public async Task Suspend_DuringAHook_EndsTheAttemptAndResumesFromTheStart()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            Document(
                "pauses",
                "cat starts",
                new() { ["onCreate"] = new JsonArray("echo started >> starts; touch begun; until [ -e go ]; do sleep 0.1; done") }
            )
        );
        await InHookAsync(scene, run);

        await scene.PatchAsync(run, "spec: {suspend: true}");
        var suspended = await run.ReasonAsync(RunReason.Suspended);
        Assert.Equal(HookResult.Stopped, Assert.Single(suspended.Status.Hooks!).Result);
        await scene.PatchAsync(run, "spec: {suspend: false}");
        await run.UntilAsync("has a second attempt", state => state.Status is { Attempt: 2, Hooks: null });
        await InHookAsync(scene, run);
        await scene.NodeOf(run).ExecAsync(run.Uid, "/bin/touch", "/workspace/go");
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, "started\n"), (status.Phase, status.Result!.Text));
        Assert.Equal([RunReason.Suspended, RunReason.Completed], status.Attempts!.Select(attempt => attempt.Reason!.Value));
        StateRules.AssertHold(run.States);
    }

    [Fact]
    public async Task Hook_InAnImageWithoutAShell_SaysSo()
    {
        var scene = await OnSharedStackAsync();
        const string Image = "registry.test/no-shell:1";
        var node = scene.Stack.Nodes[0];
        (
            await node.Machine.RunAsync(
                ["sh", "-c", $"mkdir -p /tmp/no-shell/etc && tar -C /tmp/no-shell -c . | podman import - {Image}"],
                cancellationToken: Cancelled
            )
        ).OrThrow("podman import");
        var document = JsonNode.Parse(Document("shell-less", "echo never", new() { ["onCreate"] = new JsonArray("true") }))!;
        document["spec"]!["image"] = Image;
        document["spec"]!["imagePullPolicy"] = "Never";
        document["spec"]!["nodeName"] = node.Name;
        var run = await scene.ApplyRunAsync(document.ToJsonString());
        var status = (await run.EndAsync()).Status;

        Assert.Equal(
            (
                RunReason.HookFailed,
                "The hook onCreate[0] could not be started: the image has no /bin/sh, or not the interpreter that it needs."
            ),
            (status.Reason, status.Message)
        );
        Assert.True(Assert.Single(status.Hooks!) is { Result: HookResult.Failed, ExitCode: null, Duration: null });
    }

    internal static string Document(
        string name,
        string command,
        JsonObject lifecycle,
        string timeout = "2m",
        string logBytes = "1Mi",
        bool retries = false
    ) =>
        new JsonObject
        {
            ["apiVersion"] = "stromboli.dev/v1alpha1",
            ["kind"] = "AgentRun",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["image"] = "registry.test/busybox:1",
                ["prompt"] = "not read",
                ["env"] = new JsonArray(new JsonObject { ["name"] = "SECRET", ["value"] = "of nobody" }),
                ["agent"] = new JsonObject { ["command"] = new JsonArray("sh", "-c", command) },
                ["lifecycle"] = lifecycle,
                ["timeout"] = timeout,
                ["output"] = new JsonObject { ["logBytes"] = logBytes },
                ["retries"] = retries
                    ? new JsonObject
                    {
                        ["limit"] = 1,
                        ["reasons"] = new JsonArray("HookFailed"),
                        ["backoff"] = "1s",
                    }
                    : new JsonObject(),
            },
        }.ToJsonString();

    /// <summary>Waits until the hook has made the file <c>begun</c> in the workspace.</summary>
    internal static async Task InHookAsync(Scene scene, RunHistory run)
    {
        await run.PhaseAsync(RunPhase.Preparing);
        await Poll.UntilAsync(
            "the hook has begun",
            Poll.Timeout,
            () => File.Exists(LogPath(scene, run)) && LogOf(scene, run).Contains("hookStarted", StringComparison.Ordinal),
            Cancelled
        );
        await Poll.UntilAsync(
            "the hook has made its file",
            Poll.Timeout,
            async _ => (await scene.NodeOf(run).ExecAsync(run.Uid, "/bin/ls", "/workspace/begun")).ExitCode == 0,
            Cancelled
        );
    }

    internal static string LogPath(Scene scene, RunHistory run) =>
        Path.Combine(scene.NodeOf(run).Node.Bridge.StatePath, "attempts", $"{run.Uid}-{run.Last.Status.Attempt}", "log");

    private static string LogOf(Scene scene, RunHistory run)
    {
        using var file = new FileStream(LogPath(scene, run), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }
}
