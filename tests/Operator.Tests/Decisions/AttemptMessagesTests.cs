using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Tests.Decisions;

public sealed class AttemptMessagesTests
{
    private static readonly AttemptSecrets Secrets = new() { Prompt = "hello", Credential = RunCases.InputsThere.Credential };

    [Theory]
    [InlineData(DesiredState.Hold, true, false)]
    [InlineData(DesiredState.Go, true, true)]
    [InlineData(DesiredState.Stop, false, false)]
    [InlineData(DesiredState.Collected, false, false)]
    [InlineData(DesiredState.Absent, false, false)]
    public void Build_EachState_ContainsOnlyWhatItMay(DesiredState state, bool spec, bool secrets)
    {
        var message = Build(RunCases.Scheduled(), new DesiredAttemptState("node-1", 1, state));
        Assert.Equal(spec, message.Spec is not null);
        Assert.Equal(spec, message.RemainingMs is not null);
        Assert.Equal(secrets, message.Secrets is not null);
    }

    [Fact]
    public void Build_Go_ContainsTheRemainingTime()
    {
        var run = RunCases.Scheduled(new AgentRunSpec { Prompt = "hello", Timeout = new GoDuration("10s") });
        Assert.Equal(10_000, Build(run, new("node-1", 1, DesiredState.Go)).RemainingMs);
        Assert.Equal(-5_000, Build(run, new("node-1", 1, DesiredState.Go), RunCases.T0.AddSeconds(15)).RemainingMs);
        Assert.Equal(10_000, Build(run, new("node-1", 1, DesiredState.Go)).Spec!.TimeoutMs);
    }

    [Fact]
    public void Build_StartedByTheRecord_IsStarted()
    {
        Assert.False(Build(RunCases.Scheduled(), new("node-1", 1, DesiredState.Go)).Started);
        var running = RunCases.Running();
        Assert.True(Build(running, new("node-1", 1, DesiredState.Go)).Started);
        var second = running.Next(s => s with { NodeLostAt = s.Now, Placement = Placement.On("node-2") }, RunCases.T0.AddMinutes(10));
        Assert.False(Build(second, new("node-2", 2, DesiredState.Go)).Started);
    }

    [Fact]
    public void Build_ResolvesEveryDefault()
    {
        var spec = Build(RunCases.Scheduled(), new("node-1", 1, DesiredState.Hold)).Spec!;
        Assert.Equal(("team", "run", "localhost/agent:1", "/workspace"), (spec.Namespace, spec.Name, spec.Image, spec.Workdir));
        Assert.Equal((512L << 20, 1000L, 256), (spec.MemoryBytes, spec.CpuMillis, spec.Pids));
        Assert.NotNull(spec.Claude);
        Assert.Null(spec.Command);
        Assert.Equal(RunCases.UID, spec.SessionID);
    }

    [Fact]
    public void Build_VariablesFromSources_AreNotInTheSpec()
    {
        var secret = new ValueSource
        {
            SecretKeyRef = new KeyReference { Name = "s", Key = "k" },
        };
        var run = RunCases.Scheduled(
            new AgentRunSpec
            {
                PromptFrom = secret,
                Env = [new EnvVar { Name = "A", ValueFrom = secret }, new EnvVar { Name = "B", Value = "b" }],
            }
        );
        Assert.Equal([new EnvVar { Name = "B", Value = "b" }], Build(run, new("node-1", 1, DesiredState.Go)).Spec!.Env);
    }

    [Fact]
    public void Build_SchemaAndConversation_ReachTheCli()
    {
        const string id = "11111111-2222-4333-8444-555555555555";
        var run = RunCases.Scheduled(
            new AgentRunSpec
            {
                Prompt = "hello",
                Agent = new AgentSpec
                {
                    Claude = new ClaudeOptions { SessionID = id, Model = "sonnet" },
                },
                Output = new OutputSpec { JsonSchema = "{}" },
            }
        );
        var spec = Build(run, new("node-1", 1, DesiredState.Go)).Spec!;
        Assert.Equal((id, "{}", "sonnet"), (spec.SessionID, spec.Claude!.JsonSchema, spec.Claude.Model));
    }

    // The operator names the copy of a resumed conversation after the run's UID, like every new conversation.
    [Theory]
    [InlineData(true, false, false, true)]
    [InlineData(true, false, true, false)]
    [InlineData(false, true, true, true)]
    public void Build_Conversation_IsNamedByTheSpecOrByTheRun(bool resume, bool @continue, bool fork, bool bySpec)
    {
        const string id = "11111111-2222-4333-8444-555555555555";
        var claude = new ClaudeOptions
        {
            SessionID = id,
            Resume = resume,
            Continue = @continue,
            ForkSession = fork,
        };
        var run = RunCases.Scheduled(
            new AgentRunSpec
            {
                Prompt = "hello",
                Agent = new AgentSpec { Claude = claude },
            }
        );
        Assert.Equal(bySpec ? id : RunCases.UID, Build(run, new("node-1", 1, DesiredState.Go)).Spec!.SessionID);
    }

    [Fact]
    public void Build_SpecThatIsNoLongerValid_StopsTheAttempt()
    {
        var run = RunCases.Scheduled() with { Spec = new AgentRunSpec { Prompt = "" } };
        Assert.Equal(DesiredState.Stop, Build(run, new("node-1", 1, DesiredState.Go)).State);
    }

    [Theory]
    [InlineData(AttemptStage.Hooks, "node-1", 1, true)]
    [InlineData(AttemptStage.Running, "node-1", 1, true)]
    [InlineData(AttemptStage.Held, "node-1", 1, false)]
    [InlineData(AttemptStage.Hooks, "node-2", 1, false)]
    [InlineData(AttemptStage.Hooks, "node-1", 2, false)]
    public void Build_NotStartedByTheRecord_IsStartedIfItsNodeReportedIt(AttemptStage stage, string node, int attempt, bool begun)
    {
        var observed = new ObservedAttempt
        {
            Node = node,
            Attempt = attempt,
            Stage = stage,
        };
        var message = AttemptMessages.Build(
            RunCases.Scheduled(),
            new("node-1", 1, DesiredState.Go),
            Secrets,
            RunCases.T0,
            RunCases.Options,
            observed
        );
        Assert.Equal(begun, message.Started);
    }

    [Fact]
    public void Build_Hooks_HaveTheirNamesAndTimeout()
    {
        var run = RunCases.Scheduled(
            new AgentRunSpec
            {
                Prompt = "hello",
                Lifecycle = new LifecycleSpec { OnCreate = ["a"], PostStart = ["b", "c"] },
            }
        );
        var spec = Build(run, new("node-1", 1, DesiredState.Hold)).Spec!;
        Assert.Equal(
            [new LifecycleHook("onCreate[0]", "a"), new LifecycleHook("postStart[0]", "b"), new LifecycleHook("postStart[1]", "c")],
            spec.Hooks
        );
        Assert.Equal(300_000, spec.HooksTimeoutMs);
    }

    private static DesiredAttempt Build(AgentRun run, DesiredAttemptState wanted, DateTimeOffset? now = null) =>
        AttemptMessages.Build(run, wanted, Secrets, now ?? RunCases.T0, RunCases.Options);
}
