using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Tests.Decisions;

/// <summary>Runs, snapshots and reports that tests start from.</summary>
internal static class RunCases
{
    public const string UID = "11111111-2222-3333-4444-555555555555";

    public static readonly DateTimeOffset T0 = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly RunOptions Options = new()
    {
        Defaults = new RunDefaults { Image = "localhost/agent:1", ModelOrigin = new Uri("https://model.example") },
        Inputs = new InputOptions { DefaultCredential = new("stromboli-system", "model") },
    };

    public static readonly InputCheck InputsThere = new()
    {
        Credential = new ModelCredential
        {
            BaseURL = "https://model.example",
            OperatorOrigin = true,
            Kind = CredentialKind.ApiKey,
            Value = "sk-test",
        },
    };

    public static AgentRun Run(AgentRunSpec? spec = null, long generation = 1) =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Name = "run",
                Namespace = "team",
                Uid = UID,
                ResourceVersion = "1",
                Generation = generation,
                CreationTimestamp = T0,
            },
            Spec = spec ?? new AgentRunSpec { Prompt = "hello" },
            Status = new AgentRunStatus { ObservedGeneration = -1 },
        };

    public static RunSnapshot Snapshot(AgentRun run, DateTimeOffset? now = null) =>
        new()
        {
            Run = run,
            Now = now ?? T0,
            Options = Options,
            Inputs = InputsThere,
            Placement = Placement.On("node-1"),
            NodeLostAt = (now ?? T0).AddMinutes(10),
        };

    /// <summary>Returns the run after its present verdict is stored.</summary>
    public static AgentRun Next(this AgentRun run, Func<RunSnapshot, RunSnapshot>? with = null, DateTimeOffset? now = null)
    {
        var snapshot = Snapshot(run, now);
        var verdict = RunDecision.Decide(with is null ? snapshot : with(snapshot));
        return verdict.Status is { } status ? run with { Status = status } : run;
    }

    public static AgentRun Scheduled(AgentRunSpec? spec = null) => Run(spec).Next();

    public static AgentRun Running(AgentRunSpec? spec = null) =>
        Scheduled(spec).Next(s => s with { Observed = Seen(AttemptStage.Running) }, T0.AddSeconds(1));

    public static ObservedAttempt Seen(AttemptStage stage, int attempt = 1, string node = "node-1") =>
        new()
        {
            Node = node,
            Attempt = attempt,
            Stage = stage,
            StartedAt = stage == AttemptStage.Running ? T0.AddSeconds(1) : null,
        };

    public static ObservedAttempt Ended(
        RunReason reason,
        int attempt = 1,
        string node = "node-1",
        DateTimeOffset? at = null,
        bool started = true,
        AttemptEnd? end = null
    ) =>
        new()
        {
            Node = node,
            Attempt = attempt,
            Stage = AttemptStage.Ended,
            StartedAt = started ? T0.AddSeconds(1) : null,
            EndedAt = at ?? T0.AddSeconds(5),
            End = (
                end
                ?? new AttemptEnd
                {
                    Reason = reason,
                    Message = "It ended.",
                    EndedAgoMs = 0,
                }
            ) with
            {
                Reason = reason,
            },
        };

    public static Condition? Condition(this AgentRunStatus? status, string type) => Conditions.Find(status?.Conditions, type);
}
