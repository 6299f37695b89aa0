using Stromboli.Cli.Output;
using Stromboli.Crds.Runs;

namespace Stromboli.Cli.Runs;

/// <summary>How a run ended, as exit code and as sentence.</summary>
internal static class Outcome
{
    /// <summary>The exit code for a run that was waited for.</summary>
    public static int ExitCodeOf(AgentRun run) =>
        run.Status?.Phase switch
        {
            RunPhase.Succeeded => ExitCodes.Success,
            RunPhase.Failed => ExitCodes.RunFailed,
            RunPhase.Cancelled => ExitCodes.RunCancelled,
            _ => ExitCodes.OutcomeUnknown,
        };

    /// <summary>Whether the run has ended.</summary>
    public static bool IsFinished(AgentRun run) => RunPhases.IsFinished(run.Status?.Phase);

    /// <summary>The sentence: <c>hello succeeded in 12s, $0.03, 4 turns</c>.</summary>
    public static string Sentence(AgentRun run)
    {
        var status = run.Status;
        var name = SafeText.Line(run.Metadata.Name);
        return status?.Phase switch
        {
            RunPhase.Succeeded => $"{name} succeeded{Cost(status)}",
            RunPhase.Failed => $"{name} failed ({status.Reason}){Cost(status)}: {SafeText.Line(status.Message)}",
            RunPhase.Cancelled => $"{name} was cancelled{Cost(status)}",
            _ => $"{name} is {status?.Phase?.ToString() ?? "Pending"}",
        };
    }

    private static string Cost(AgentRunStatus status)
    {
        string[] parts =
        [
            status.Duration?.Value is { } duration ? $" in {Texts.Age(duration)}" : "",
            Texts.Money(status.Usage?.CostUSD) is { Length: > 0 } cost ? $" {cost}" : "",
            status.Usage?.Turns is { } turns ? $" {turns} {(turns == 1 ? "turn" : "turns")}" : "",
        ];
        return string.Join(',', parts.Where(part => part.Length > 0));
    }
}
