using System.Text.Json;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Crds.Validation;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Statuses;
using Stromboli.Operator.Stores;
using Stromboli.Operator.Tests.Decisions;

namespace Stromboli.Operator.Tests.Stores;

public sealed class AbridgedSpecsTests
{
    private static readonly string Text = new('x', 32_000);

    [Fact]
    public void Trim_SmallSpec_IsKeptWhole()
    {
        var run = RunCases.Run(new AgentRunSpec { Prompt = new string('x', 3000), Env = [new EnvVar { Name = "A", Value = "a" }] });
        Assert.Same(run.Spec, RunStore.Trim(run).Spec);
    }

    [Fact]
    public void Trim_LargeSpec_KeepsFewBytes()
    {
        var whole = Large();
        Assert.Empty(AgentRunValidator.Validate(whole.Spec));
        var kept = RunStore.Trim(whole);

        Assert.True(kept.IsAbridged());
        Assert.InRange(kept.Spec!.AbridgedFrom!.Value, 1_300_000, 3_000_000);
        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(kept, CrdsJson.Default.AgentRun).Length, 1, 4096);
        // As with the answer to our own write, abridging again changes nothing.
        Assert.Same(kept.Spec, RunStore.Trim(kept).Spec);
    }

    [Fact]
    public void Trim_Metadata_KeepsWhatTheOperatorReads()
    {
        var many = Enumerable.Range(0, 1000).ToDictionary(i => $"key-{i}", _ => Text[..60]);
        var run = RunCases.Run();
        run = run with
        {
            Metadata = run.Metadata with
            {
                Annotations = many,
                Labels = many,
                Finalizers = [.. many.Keys],
                OwnerReferences =
                [
                    new()
                    {
                        Name = "a",
                        Kind = "b",
                        ApiVersion = "c",
                        Uid = "d",
                    },
                ],
                DeletionTimestamp = RunCases.T0,
            },
        };
        foreach (
            var kept in (ObjectMeta[])
                [RunStore.Trim(run).Metadata, SessionStore.Trim(new AgentSession { Metadata = run.Metadata }).Metadata]
        )
        {
            Assert.Equal(
                (
                    run.Metadata.Name,
                    run.Metadata.Namespace,
                    run.Metadata.Uid,
                    run.Metadata.ResourceVersion,
                    run.Metadata.Generation,
                    run.Metadata.CreationTimestamp,
                    run.Metadata.DeletionTimestamp
                ),
                (kept.Name, kept.Namespace, kept.Uid, kept.ResourceVersion, kept.Generation, kept.CreationTimestamp, kept.DeletionTimestamp)
            );
            Assert.Equal((null, null, null, null), (kept.Annotations, kept.Labels, kept.Finalizers, kept.OwnerReferences));
        }
    }

    [Fact]
    public void Trim_LargeSession_KeepsFewBytesAndWhetherItIsValid()
    {
        var spec = new AgentSessionSpec
        {
            Env = Variables(),
            Idle = new() { DeleteAfter = new GoDuration("1h") },
            Suspend = true,
        };
        var kept = SessionStore.Trim(new AgentSession { Metadata = RunCases.Run().Metadata, Spec = spec });
        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(kept, CrdsJson.Default.AgentSession).Length, 1, 4096);
        Assert.Equal((true, "1h"), (kept.Spec!.Suspend, $"{kept.Spec.Idle!.DeleteAfter}"));
        Assert.Empty(AgentSessionValidator.Validate(kept.Spec));

        var invalid = spec with { Image = "not an image" };
        var problem = Assert.Single(AgentSessionValidator.Validate(SessionStore.Trim(new AgentSession { Spec = invalid }).Spec));
        Assert.Equal(AgentSessionValidator.Validate(invalid)[0], problem);
    }

    // A decision without the whole spec must not depend on what is missing.
    [Fact]
    public void Decide_LiveAttempt_IsTheSameWithAnAbridgedSpec()
    {
        var scheduled = RunCases.Run(Large().Spec).Next();
        Assert.Equal(RunPhase.Preparing, scheduled.Status!.Phase);
        var running = scheduled.Next(
            s => s with { Observed = RunCases.Seen(AttemptStage.Running) with { Hooks = Hooks } },
            RunCases.T0.AddSeconds(1)
        );
        (string What, AgentRun Run, Func<RunSnapshot, RunSnapshot> With)[] cases =
        [
            ("goes on", running, s => s),
            ("begins", scheduled, s => s with { Observed = RunCases.Seen(AttemptStage.Running) with { Hooks = Hooks } }),
            ("ends", running, s => s with { Observed = RunCases.Ended(RunReason.Completed) with { Hooks = Hooks } }),
            (
                "fails",
                running,
                s =>
                    s with
                    {
                        Observed = RunCases.Ended(
                            RunReason.AgentError,
                            end: new()
                            {
                                Reason = RunReason.AgentError,
                                Message = "no",
                                EndedAgoMs = 0,
                                Usage = new() { ChargedTokens = 3 },
                            }
                        ),
                    }
            ),
            ("is cancelled", running with { Spec = running.Spec! with { Cancel = true } }, s => s),
            ("is suspended", running with { Spec = running.Spec! with { Suspend = true } }, s => s),
            (
                "loses its node",
                running,
                s => s with { NodeLostAt = s.Now, Run = s.Run with { Spec = s.Run.Spec! with { Retries = new() { NodeLost = 0 } } } }
            ),
        ];
        foreach (var (what, run, with) in cases)
        {
            var whole = RunDecision.Decide(with(RunCases.Snapshot(run, RunCases.T0.AddSeconds(3))));
            var part = RunDecision.Decide(with(RunCases.Snapshot(RunStore.Trim(run), RunCases.T0.AddSeconds(3))));
            Assert.True(StatusComparison.IsSame(whole.Status, part.Status, CrdsJson.Default.AgentRunStatus), what);
            Assert.Equal(whole.Before.Concat(whole.After), part.Before.Concat(part.After));
            Assert.Equal(whole.Need, part.Need);
        }
    }

    [Fact]
    public void Decide_WaitingRun_AsksForTheWholeSpec()
    {
        var snapshot = RunCases.Snapshot(RunStore.Trim(Large()));
        Assert.Equal(RunNeed.Spec, RunDecision.Decide(snapshot).Need);
        // This includes a run that is to be retried: its next attempt is decided on the whole spec.
        var failed = RunStore.Trim(
            RunCases
                .Run(
                    Large().Spec! with
                    {
                        Retries = new() { Limit = 1, Backoff = new GoDuration("1s") },
                    }
                )
                .Next()
        );
        Assert.Equal(
            RunNeed.Spec,
            RunDecision.Decide(RunCases.Snapshot(failed) with { Observed = RunCases.Ended(RunReason.Crashed) }).Need
        );
    }

    [Fact]
    public void Decide_HeldBack_WaitsWithoutBeingRead()
    {
        var run = RunStore.Trim(Large());
        var verdict = RunDecision.Decide(RunCases.Snapshot(run) with { HeldBack = "Too many before it.", Inputs = null, Placement = null });
        Assert.Equal(
            (RunNeed.Nothing, RunPhase.Pending, RunReason.Queued, "Too many before it."),
            (verdict.Need, verdict.Status!.Phase, verdict.Status.Reason, verdict.Status.Message)
        );
        StatusRules.Check(run with { Status = verdict.Status }, run.Status);

        // A requested end still comes, and an accepted run stays accepted.
        Assert.Equal(
            RunNeed.Spec,
            RunDecision
                .Decide(RunCases.Snapshot(run with { Spec = run.Spec! with { Cancel = true } }) with { HeldBack = "Too many before it." })
                .Need
        );
        var queued = RunCases.Run().Next(s => s with { Placement = Operator.Scheduling.Placement.Queued(1, "Full.") });
        var held = queued.Next(s => s with { HeldBack = "Too many before it." });
        Assert.Equal(RunPhase.Queued, held.Status!.Phase);
        StatusRules.Check(held, queued.Status);
    }

    [Fact]
    public void Build_AbridgedRun_HoldsWithoutASpecAndIsNeverLetGo()
    {
        var run = RunStore.Trim(RunCases.Run(Large().Spec).Next());
        var hold = AttemptMessages.Build(run, new("node-1", 1, DesiredState.Hold), null, RunCases.T0, RunCases.Options);
        Assert.Equal((DesiredState.Hold, null, 600_000), (hold.State, hold.Spec, hold.RemainingMs));
        Assert.Equal(
            DesiredState.Stop,
            AttemptMessages.Build(run, new("node-1", 1, DesiredState.Stop, StopCause.Cancelled), null, RunCases.T0, RunCases.Options).State
        );
        Assert.Throws<ArgumentException>(() =>
            AttemptMessages.Build(run, new("node-1", 1, DesiredState.Go), new() { Prompt = "" }, RunCases.T0, RunCases.Options)
        );
        Assert.Throws<ArgumentException>(() => AgentRunValidator.Validate(run.Spec));
    }

    [Fact]
    public void Merge_WithALargeSession_IsAbridged()
    {
        var session = SessionStore.Trim(
            new AgentSession
            {
                Spec = new()
                {
                    Env = Variables(),
                    Resources = new() { Limits = new() { Pids = 77 } },
                },
            }
        );
        var merged = SessionSpecs.Merge(
            new AgentRunSpec
            {
                Prompt = "x",
                SessionRef = new() { Name = "s" },
            },
            session
        );
        Assert.Equal((true, true, 77), (merged.SessionMerged, merged.AbridgedFrom > 1_000_000, merged.Resources!.Limits!.Pids!.Value));
    }

    internal static List<EnvVar> Variables() =>
        [.. Enumerable.Range(0, 40).Select(i => new EnvVar { Name = $"VARIABLE_{i}", Value = Text })];

    private static HookReport[] Hooks =>
        [
            new()
            {
                Name = "onCreate[0]",
                Result = HookResult.Succeeded,
                ExitCode = 0,
            },
            new()
            {
                Name = "postStart[1]",
                Result = HookResult.Failed,
                ExitCode = 1,
            },
        ];

    // Everything large, at or near its limit.
    private static AgentRun Large() =>
        RunCases.Run(
            new AgentRunSpec
            {
                Prompt = new string('p', 65_536),
                Env = Variables(),
                Agent = new AgentSpec
                {
                    Claude = new()
                    {
                        SystemPrompt = Text,
                        AppendSystemPrompt = Text,
                        Settings = $$"""{"a": "{{Text}}"}""",
                        McpConfigs = [$$$"""{"mcpServers": {"a": "{{{Text[..10_000]}}}"}}"""],
                    },
                },
                Output = new OutputSpec { JsonSchema = $$"""{"a": "{{Text}}"}""", StatusBytes = new Quantity("2") },
                Lifecycle = new LifecycleSpec { OnCreate = [Text[..16_000]], PostStart = [Text[..16_000], "true"] },
                NodeSelector = Enumerable.Range(0, 16).ToDictionary(i => $"label-{i}", i => $"{i}"),
                Timeout = new GoDuration("10m"),
                Budget = new BudgetSpec { MaxTokens = 10 },
            }
        );
}
