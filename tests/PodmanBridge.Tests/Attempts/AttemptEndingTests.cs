using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Gateway.Accounting;
using Stromboli.PodmanBridge.Agents;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Tests.Agents;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class AttemptEndingTests
{
    private static readonly ModelFailure Unauthorised = new(RunReason.AuthenticationFailed, "the model answered 401");
    private static readonly ModelFailure Limited = new(RunReason.RateLimited, "the model answered 429");
    private static readonly ModelFailure Away = new(RunReason.ModelUnavailable, "the model answered 529");

    private static readonly (string Case, Func<AttemptEvidence> Evidence, RunReason Reason)[] Table =
    [
        ("the agent came to its end", () => Claude(0, "success", isError: false), RunReason.Completed),
        ("a model call failed, then one succeeded", () => Claude(0, "success", isError: false), RunReason.Completed),
        (
            "a model call failed last, and the agent succeeded all the same",
            () => Claude(0, "success", false) with { ModelFailure = Away },
            RunReason.Completed
        ),
        ("a good exit, and the envelope says error", () => Claude(0, "success", isError: true), RunReason.AgentError),
        ("a bad exit, and the envelope says success", () => Claude(1, "success", isError: false), RunReason.AgentError),
        ("a good exit, and no envelope", () => Claude(0, null, false), RunReason.AgentError),
        ("a bad exit, and no envelope", () => Claude(1, null, false), RunReason.AgentError),
        ("an exit code that looks like a signal", () => Claude(137, null, false), RunReason.AgentError),
        (
            "the same, and the engine reports that memory ran out somewhere in the container",
            () => Claude(137, null, false) with { OutOfMemory = true },
            RunReason.AgentError
        ),
        ("turns used up", () => Claude(1, "error_max_turns", isError: true), RunReason.MaxTurnsReached),
        ("turns used up with a good exit", () => Claude(0, "error_max_turns", isError: false), RunReason.MaxTurnsReached),
        ("the CLI's own budget used up", () => Claude(1, "error_max_budget_usd", isError: true), RunReason.BudgetExceeded),
        (
            "a schema, and a result that follows it",
            () => Structured("""{"a":1}""") with { Options = new() { JsonSchema = "{}" } },
            RunReason.Completed
        ),
        (
            "a schema, and no structured result",
            () => Claude(0, "success", isError: false) with { Options = new() { JsonSchema = "{}" } },
            RunReason.AgentError
        ),
        (
            "the credential was refused",
            () => Claude(1, "success", true) with { ModelFailure = Unauthorised },
            RunReason.AuthenticationFailed
        ),
        ("too many requests", () => Claude(1, "success", true) with { ModelFailure = Limited }, RunReason.RateLimited),
        (
            "the model was away, and the CLI said nothing",
            () => Claude(1, null, true) with { ModelFailure = Away },
            RunReason.ModelUnavailable
        ),
        (
            "the gateway's word counts more than the envelope's",
            () => Claude(1, "error_max_turns", true) with { ModelFailure = Unauthorised },
            RunReason.AuthenticationFailed
        ),
        ("a command that exits with 0", () => new AttemptEvidence { Released = true, ExitCode = 0 }, RunReason.Completed),
        ("a command that does not", () => new AttemptEvidence { Released = true, ExitCode = 3 }, RunReason.AgentError),
        (
            "a command has no model to blame",
            () =>
                new AttemptEvidence
                {
                    Released = true,
                    ExitCode = 3,
                    ModelFailure = Away,
                },
            RunReason.AgentError
        ),
        ("a signal", () => new AttemptEvidence { Released = true, Signal = "SIGSEGV" }, RunReason.Crashed),
        ("a signal after a good envelope", () => Claude(null, "success", false) with { Signal = "SIGSEGV" }, RunReason.Crashed),
        ("killed, and not for memory", () => new AttemptEvidence { Released = true, Signal = "SIGKILL" }, RunReason.Crashed),
        (
            "killed for memory",
            () =>
                new AttemptEvidence
                {
                    Released = true,
                    Signal = "SIGKILL",
                    OutOfMemory = true,
                },
            RunReason.OutOfMemory
        ),
        (
            "memory ran out, but another signal ended it",
            () =>
                new AttemptEvidence
                {
                    Released = true,
                    Signal = "SIGTERM",
                    OutOfMemory = true,
                },
            RunReason.Crashed
        ),
        (
            "the kill was the shim's",
            () =>
                new AttemptEvidence
                {
                    Released = true,
                    Signal = "SIGKILL",
                    OutOfMemory = true,
                    By = Stopper.Stop,
                    Cause = EndCause.TimedOut,
                },
            RunReason.TimedOut
        ),
        (
            "cancelled",
            () => Claude(null, null, false) with { Signal = "SIGTERM", By = Stopper.Stop, Cause = EndCause.Cancelled },
            RunReason.Cancelled
        ),
        (
            "cancelled, and the agent then exited well",
            () => Claude(0, "success", false) with { Cause = EndCause.Cancelled },
            RunReason.Cancelled
        ),
        (
            "suspended",
            () => Claude(null, null, false) with { Signal = "SIGTERM", By = Stopper.Stop, Cause = EndCause.Suspended },
            RunReason.Suspended
        ),
        ("the budget is used up", () => Claude(1, "success", true) with { Cause = EndCause.BudgetExceeded }, RunReason.BudgetExceeded),
        ("out of time before it ever ran", () => new AttemptEvidence { Released = true, Cause = EndCause.TimedOut }, RunReason.TimedOut),
        (
            "the bridge saw the lease end",
            () =>
                new AttemptEvidence
                {
                    Released = true,
                    Cause = EndCause.LeaseOver,
                    Signal = "SIGKILL",
                },
            RunReason.NodeLost
        ),
        (
            "the shim saw the lease end while the bridge was gone",
            () =>
                new AttemptEvidence
                {
                    Released = true,
                    By = Stopper.Lease,
                    Signal = "SIGKILL",
                },
            RunReason.NodeLost
        ),
        (
            "stopped by somebody at the node",
            () =>
                new AttemptEvidence
                {
                    Released = true,
                    By = Stopper.Stop,
                    Signal = "SIGTERM",
                },
            RunReason.Crashed
        ),
        ("a hook failed", () => Hook() with { ExitCode = 3 }, RunReason.HookFailed),
        (
            "a hook failed, and a model call of its own before",
            () => Hook() with { ExitCode = 3, ModelFailure = Away },
            RunReason.HookFailed
        ),
        ("a hook was killed, and not for memory", () => Hook() with { Signal = "SIGKILL" }, RunReason.HookFailed),
        ("a hook was killed for memory", () => Hook() with { Signal = "SIGKILL", OutOfMemory = true }, RunReason.OutOfMemory),
        (
            "a hook failed when the run was cancelled already",
            () => Hook() with { ExitCode = 3, Cause = EndCause.Cancelled },
            RunReason.Cancelled
        ),
        (
            "the deadline came in a hook",
            () =>
                new AttemptEvidence
                {
                    Released = true,
                    Hook = "onCreate[0]",
                    Cause = EndCause.TimedOut,
                    By = Stopper.Stop,
                },
            RunReason.TimedOut
        ),
        (
            "the lease ended in a hook",
            () =>
                new AttemptEvidence
                {
                    Released = true,
                    Hook = "onCreate[0]",
                    By = Stopper.Lease,
                    Signal = "SIGTERM",
                },
            RunReason.NodeLost
        ),
        (
            "a hook was stopped by somebody at the node",
            () =>
                new AttemptEvidence
                {
                    Released = true,
                    Hook = "onCreate[0]",
                    By = Stopper.Stop,
                    Signal = "SIGTERM",
                },
            RunReason.Crashed
        ),
        ("nothing is known", () => new AttemptEvidence { Released = true }, RunReason.Crashed),
        (
            "nothing is known but that memory ran out",
            () => new AttemptEvidence { Released = true, OutOfMemory = true },
            RunReason.OutOfMemory
        ),
    ];

    private static AttemptEvidence Hook() =>
        new()
        {
            Released = true,
            Hook = "onCreate[0]",
            HookFailure = "The hook failed.",
        };

    public static TheoryData<int, string> Rows => [.. Table.Select((row, index) => new TheoryDataRow<int, string>(index, row.Case))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Decide_Case_Reason(int row, string name)
    {
        var (_, evidence, reason) = Table[row];

        var end = AttemptEnding.Decide(evidence());

        Assert.True(reason == end.Reason, $"{name}: {end.Reason} ({end.Message})");
        Assert.EndsWith(".", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_ContainerGoneBeforeAnythingWasLetGo_IsTheNodesFault() =>
        Assert.Equal(RunReason.NodeUnfit, AttemptEnding.Decide(new AttemptEvidence()).Reason);

    [Fact]
    public void Decide_LogThatTellsOfAnAgentThatWasNeverLetGo_IsDenied() =>
        Assert.Equal(RunReason.PolicyDenied, AttemptEnding.Decide(new AttemptEvidence { LogClaims = true }).Reason);

    [Fact]
    public void Decide_StoppedByTheEngineWhenNobodyWasThere_IsATimeout()
    {
        var stopped = new AttemptEvidence { Released = true, IsPastDeadline = true };

        Assert.Equal(RunReason.TimedOut, AttemptEnding.Decide(stopped).Reason);
        Assert.Equal(RunReason.Completed, AttemptEnding.Decide(stopped with { EndedByItself = true, ExitCode = 0 }).Reason);
    }

    [Theory]
    [InlineData("exec", 2, null, RunReason.AgentError, 127)]
    [InlineData("exec", 13, null, RunReason.AgentError, 126)]
    [InlineData("workdir", 13, null, RunReason.AgentError, null)]
    [InlineData("workdir", 13, "onCreate[0]", RunReason.AgentError, null)]
    [InlineData("exec", 13, "onCreate[0]", RunReason.HookFailed, null)]
    public void Decide_NotStarted_SaysWhatCouldNotBe(string step, int errno, string? hook, RunReason reason, int? exitCode)
    {
        var failure = new ShimFailure
        {
            Step = step,
            Errno = errno,
            Hook = hook,
        };

        var end = AttemptEnding.Decide(new AttemptEvidence { Released = true, NotStarted = failure });

        Assert.Equal((reason, exitCode, null), (end.Reason, end.ExitCode, end.Usage));
    }

    [Fact]
    public void Decide_ExitAndSignal_AreReportedOnlyIfTheAgentEndedByItself()
    {
        Assert.Equal(3, AttemptEnding.Decide(new() { Released = true, ExitCode = 3 }).ExitCode);
        Assert.Equal("SIGSEGV", AttemptEnding.Decide(new() { Released = true, Signal = "SIGSEGV" }).Signal);
        Assert.Null(
            AttemptEnding
                .Decide(
                    new()
                    {
                        Released = true,
                        ExitCode = 143,
                        Cause = EndCause.Cancelled,
                    }
                )
                .ExitCode
        );
        Assert.Null(
            AttemptEnding
                .Decide(
                    new()
                    {
                        Released = true,
                        Signal = "SIGKILL",
                        By = Stopper.Stop,
                        Cause = EndCause.TimedOut,
                    }
                )
                .Signal
        );
    }

    [Fact]
    public void Decide_Usage_IsTheGatewaysAndTheTurnsAreTheClis()
    {
        var totals = new LedgerTotals
        {
            Tokens = new()
            {
                Input = 1,
                Output = 2,
                CacheRead = 3,
                CacheWrite = 4,
                CacheWriteHour = 5,
            },
            ByModel = new Dictionary<string, TokenUsage>(),
            CostUSD = 0.5m,
            Requests = 1,
            Unsettled = 0,
            ApiDurationMs = 20,
            LastFailure = null,
            Model = "claude-x",
        };

        var end = AttemptEnding.Decide(Claude(0, "success", false) with { Totals = totals, DurationMs = 30 });

        Assert.Equal(
            new()
            {
                InputTokens = 1,
                OutputTokens = 2,
                CacheReadTokens = 3,
                CacheCreationTokens = 9,
                CostUSD = 0.5m,
                Turns = 4,
                DurationMs = 30,
                ApiDurationMs = 20,
                PermissionDenials = 1,
            },
            end.Usage
        );
        Assert.Equal("claude-x", end.Model);
        Assert.Equal(Specs.Session, end.SessionID);
        Assert.Equal("text", end.Result!.Text);
    }

    [Fact]
    public void Decide_AnotherConversation_IsNotReported() =>
        Assert.Null(AttemptEnding.Decide(Claude(0, "success", false, session: "00000000-0000-4000-8000-000000000000")).SessionID);

    [Fact]
    public void Decide_Structured_IsKeptUpToItsBound()
    {
        var small = AttemptEnding.Decide(Structured("""{"a":"x"}"""));
        var large = AttemptEnding.Decide(Structured($$"""{"a":"{{new string('é', StatusLimits.StructuredBytes / 2)}}"}"""));

        Assert.Equal(("""{"a":"x"}""", "Agent finished."), (small.Structured, small.Message));
        Assert.Equal((null, RunReason.Completed), (large.Structured, large.Reason));
        Assert.Contains("too large for status, which holds 16384 bytes", large.Message);
    }

    [Fact]
    public void Decide_OutputThatIsTheResult_GoesBeforeTheEnvelopesText() =>
        Assert.Equal(
            "all of it",
            AttemptEnding.Decide(Claude(0, "success", false) with { Output = new RunResult { Text = "all of it" } }).Result!.Text
        );

    private static AttemptEvidence Structured(string json)
    {
        var output = new ClaudeOutput(Specs.Session, 1024);
        output.Line(
            Encoding.UTF8.GetBytes(
                $$"""{"type":"result","subtype":"success","is_error":false,"structured_output":{{json}},"session_id":"{{Specs.Session}}"}"""
            )
        );
        return new AttemptEvidence
        {
            Released = true,
            ExitCode = 0,
            Claude = output,
        };
    }

    private static AttemptEvidence Claude(int? exit, string? subtype, bool isError, string session = Specs.Session)
    {
        var output = new ClaudeOutput(Specs.Session, 1024);
        if (subtype is not null)
        {
            output.Line(
                Encoding.UTF8.GetBytes(
                    $$"""{"type":"result","subtype":"{{subtype}}","is_error":{{(isError ? "true" : "false")}},"num_turns":4,"result":"text","permission_denials":[{}],"session_id":"{{session}}"}"""
                )
            );
        }

        return new AttemptEvidence
        {
            Released = true,
            ExitCode = exit,
            Claude = output,
        };
    }
}
