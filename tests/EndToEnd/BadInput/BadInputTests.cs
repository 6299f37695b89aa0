using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Basics;
using Stromboli.EndToEnd.Harness;
using Stromboli.Pipeline.Tests;
using Stromboli.Testbed.Kube;

namespace Stromboli.EndToEnd.BadInput;

/// <summary>Well-formed specs with hostile values, against the real API server, operator, bridge, engine and shim.</summary>
public sealed partial class BadInputTests(StackFixture stacks) : EndToEndTests(stacks)
{
    // Fields that would make a run wait for something that does not exist here.
    private static readonly string[] Waits =
    [
        "nodeName",
        "nodeSelector",
        "suspend",
        "cancel",
        "model",
        "imagePullSecrets",
        "deleteAfterFinished",
        "retries",
        "resources",
        "budget",
    ];

    /// <summary>
    /// Each text is used as prompt, variable, argument and result. Nothing on the way truncates, interprets, splits or joins it.
    /// </summary>
    [Fact]
    public async Task HostileTexts_AsPromptVariableAndArgument_ArriveUnchanged()
    {
        var scene = await OnPrivateStackAsync(new() { Node = new() { MaxRuns = 16 } });
        var texts = HostileTexts
            .All.Select(text => text.Replace("@@", "zq", StringComparison.Ordinal))
            .Where(text => text.Length < 2_000)
            .ToList();
        List<(string Text, RunHistory? Run)> runs = [];
        foreach (var (i, text) in texts.Index())
        {
            runs.Add((text, await ApplyAsync(scene, $"text-{i}", Echo(text))));
        }

        // Only a NUL is impossible in an argument or variable, and the API server refuses it.
        Assert.All(runs, run => Assert.Equal(run.Text.Contains('\0', StringComparison.Ordinal), run.Run is null));
        foreach (var (text, run) in runs.Where(run => run.Run is not null))
        {
            var state = await run!.EndAsync(TimeSpan.FromMinutes(3));
            Assert.Equal((RunReason.Completed, $"[{text}][{text}][{text}]"), (state.Reason, state.Status.Result!.Text));
        }

        await NothingBrokeAsync(scene);
    }

    [Fact]
    public async Task HostileSpecs_AreRefusedOrEndTyped_AndDisturbNothing()
    {
        var scene = await OnPrivateStackAsync(
            new()
            {
                Node = new() { MaxRuns = 16 },
                Operator = new() { ExtraArguments = ["--allow-extra-args"] },
            }
        );
        List<RunHistory> runs = [];
        var refused = 0;
        foreach (var (i, mutation) in Mutation.Random(seed: 3, count: 120).Index())
        {
            var spec = mutation.Json;
            foreach (var field in Waits)
            {
                spec.Remove(field);
            }

            if (
                spec["promptFrom"] is not null
                || spec["env"]?.ToJsonString().Contains("valueFrom", StringComparison.Ordinal) == true
                || spec["workspace"]?["git"] is not null
            )
            {
                continue;
            }

            spec["timeout"] = "45s";
            if (await ApplyAsync(scene, $"spec-{i}", spec) is { } run)
            {
                runs.Add(run);
            }
            else
            {
                refused++;
            }
        }

        // Without some of each, the case would show nothing.
        Assert.True(refused >= 20 && runs.Count >= 10, $"{refused} refused, {runs.Count} accepted");
        foreach (var run in runs)
        {
            var status = (await run.EndAsync(TimeSpan.FromMinutes(3))).Status;
            Assert.True(status.Reason is not null && Enum.IsDefined(status.Reason.Value), $"{run.Name}: {status.Reason}");
            Assert.False(status.Message is not { Length: >= 10 } message || message.Any(char.IsControl), $"{run.Name}: {status.Message}");
            StateRules.AssertHold(run.States);
        }

        await NothingBrokeAsync(scene);
    }

    // Null: the API server refused it by a rule, and did not fail.
    private static async Task<RunHistory?> ApplyAsync(Scene scene, string name, JsonObject spec)
    {
        try
        {
            await scene.Stack.Http.CreateAsync(
                scene.RunsPath,
                new JsonObject
                {
                    ["apiVersion"] = "stromboli.dev/v1alpha1",
                    ["kind"] = "AgentRun",
                    ["metadata"] = new JsonObject { ["name"] = name },
                    ["spec"] = spec.DeepClone(),
                },
                Cancelled
            );
            return scene.Run(name);
        }
        catch (KubeHttpException e)
        {
            Assert.True((int)e.Code is 400 or 422, e.Message);
            Assert.Contains("spec", e.Message);
            return null;
        }
    }

    private static JsonObject Echo(string text) =>
        new()
        {
            ["prompt"] = text,
            ["env"] = new JsonArray(new JsonObject { ["name"] = "V", ["value"] = text }),
            ["agent"] = new JsonObject
            {
                ["command"] = new JsonArray("sh", "-c", "printf '['; cat; printf '][%s][%s]' \"$V\" \"$1\"", "sh", text),
            },
        };

    // No process logged an unhandled exception or an error, and an ordinary run succeeds.
    private static async Task NothingBrokeAsync(Scene scene)
    {
        var after = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: after
            spec:
              prompt: "@say all is well"
            """
        );
        Assert.Equal("all is well", (await after.EndAsync()).Status.Result!.Text);
        foreach (var log in scene.Stack.Nodes.Select(node => node.Bridge.LogPath).Append(scene.Stack.Operator.LogPath))
        {
            Assert.DoesNotContain(await File.ReadAllLinesAsync(log, Cancelled), Trouble().IsMatch);
        }
    }

    [GeneratedRegex(@"Exception|^\S+ (error|fail|fatal|crit)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Trouble();
}
