using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Samples;

/// <summary>Every file in <c>samples</c>, applied unchanged.</summary>
public sealed class SamplesTests(StackFixture stacks) : EndToEndTests(stacks)
{
    public static TheoryData<string> Files =>
        [
            .. Directory
                .EnumerateFiles(Repository.At("samples"), "*.yaml")
                .Select(file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Sample_Applied_DoesWhatItSays(string file)
    {
        var scene = await OnSharedStackAsync();

        if (file.StartsWith("git", StringComparison.Ordinal))
        {
            await scene.Stack.Git!.Repositories.EnsureSampleAsync(Cancelled);
        }

        var yaml = await File.ReadAllTextAsync(Repository.At("samples", file), Cancelled);
        var run = file == "session.yaml" ? await ApplyAsync(scene, yaml, "session-second") : await scene.ApplyRunAsync(yaml);
        if (file == "cancel.yaml")
        {
            await run.RunningAsync();
            await scene.PatchAsync(run, """{"spec":{"cancel":true}}""");
        }
        else if (file == "suspend.yaml")
        {
            await run.ReasonAsync(RunReason.Suspended);
            await scene.PatchAsync(run, """{"spec":{"suspend":false}}""");
        }

        var status = (await run.EndAsync()).Status;
        var (phase, reason, text) = Expected(file);
        Assert.Equal((phase, reason), (status.Phase, status.Reason));
        Assert.Matches($"^{text}$", status.Result?.Text?.TrimEnd() ?? "");
    }

    private static async Task<RunHistory> ApplyAsync(Scene scene, string yaml, string last)
    {
        await scene.ApplyAsync(yaml);
        return scene.Run(last);
    }

    // Phase, reason, and a pattern of the result's text.
    private static (RunPhase, RunReason, string) Expected(string file) =>
        file switch
        {
            "cancel.yaml" => (RunPhase.Cancelled, RunReason.Cancelled, ""),
            "command.yaml" => (RunPhase.Succeeded, RunReason.Completed, "5"),
            "claude-options.yaml" => (RunPhase.Succeeded, RunReason.Completed, "reviewed"),
            "workdir.yaml" => (RunPhase.Succeeded, RunReason.Completed, "/workspace/services/billing"),
            "delete-after-finished.yaml" => (RunPhase.Succeeded, RunReason.Completed, "done"),
            "conversation.yaml" => (RunPhase.Succeeded, RunReason.Completed, "done"),
            "extra-args.yaml" => (RunPhase.Failed, RunReason.PolicyDenied, ""),
            "env-from.yaml" => (RunPhase.Succeeded, RunReason.Completed, "STROM with a token of 10 characters"),
            "prompt-from.yaml" => (RunPhase.Succeeded, RunReason.Completed, "all quiet"),
            "lifecycle.yaml" => (RunPhase.Succeeded, RunReason.Completed, "seven crates\n.*ready.*"),
            "input-format.yaml" => (RunPhase.Succeeded, RunReason.Completed, "done"),
            "output-format.yaml" => (RunPhase.Succeeded, RunReason.Completed, """\{.*"result":"done".*\}"""),
            "structured-output.yaml" => (RunPhase.Succeeded, RunReason.Completed, """\{"title":"Fix the lock","severity":2\}"""),
            "git.yaml" => (RunPhase.Succeeded, RunReason.Completed, "Say hello, on .*main.*\nhello"),
            "git-push.yaml" => (RunPhase.Succeeded, RunReason.Completed, "pushed"),
            "git-push-on-success.yaml" => (RunPhase.Succeeded, RunReason.Completed, "done"),
            "hello.yaml" => (RunPhase.Succeeded, RunReason.Completed, "hello"),
            "limits.yaml" => (RunPhase.Succeeded, RunReason.Completed, $"hello from {Environment.ProcessorCount} processors"),
            "image-pull-secrets.yaml" or "node.yaml" or "node-selector.yaml" or "own-credentials.yaml" => (
                RunPhase.Succeeded,
                RunReason.Completed,
                "done"
            ),
            "budget.yaml" => (RunPhase.Failed, RunReason.BudgetExceeded, "(.*API Error: .* stromboli: the run.*)?"),
            "retries.yaml" => (RunPhase.Failed, RunReason.Crashed, ""),
            "session.yaml" => (RunPhase.Succeeded, RunReason.Completed, "beans"),
            "session-conversations.yaml" => (RunPhase.Succeeded, RunReason.Completed, "done"),
            "suspend.yaml" => (RunPhase.Succeeded, RunReason.Completed, "done"),
            "webhook.yaml" => (RunPhase.Succeeded, RunReason.Completed, "done"),
            "workspace.yaml" => (RunPhase.Succeeded, RunReason.Completed, @"1024\s+data"),
            "volumes.yaml" => (RunPhase.Succeeded, RunReason.Completed, "sehsa ot sehsA"),
            "workspace-host-path.yaml" => (RunPhase.Succeeded, RunReason.Completed, "remembered"),
            "podman-secret.yaml" => (RunPhase.Succeeded, RunReason.Completed, "a token of 43 characters"),
            "timeout.yaml" => (RunPhase.Failed, RunReason.TimedOut, ""),
            _ => throw new InvalidOperationException($"This test does not know what samples/{file} must come to."),
        };
}
