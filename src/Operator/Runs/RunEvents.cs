using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Runs;

/// <summary>The events of a run's way.</summary>
internal static class RunEvents
{
    public static RunEvent Scheduled(AgentRunStatus status) =>
        new("Scheduled", $"Attempt {status.Attempt} has the node {status.NodeName}.");

    public static RunEvent Started(AgentRunStatus status) =>
        new("Started", $"The agent of attempt {status.Attempt} runs on {status.NodeName}.");

    /// <summary>The attempt's node was lost (NodeLost), or could not run it (NodeUnfit).</summary>
    public static RunEvent NodeFailed(RunReason reason, string message) => new($"{reason}", message, Warning: true);

    public static RunEvent RetryingAt(AgentRun run, RunReason reason, string message, DateTimeOffset at) =>
        new(
            "Retrying",
            $"Attempt {run.LastAttempt()?.Attempt} ended with {reason}: {message} Attempt {run.NextAttempt()} follows at {at:yyyy-MM-dd'T'HH:mm:ss'Z'}.",
            Warning: true
        );

    public static RunEvent Retrying(int attempt, RunReason why) =>
        new(
            "Retrying",
            $"Attempt {attempt} follows, because the node {(why == RunReason.NodeUnfit ? "could not run the container" : "was lost")}."
        );

    public static RunEvent Suspended(AgentRunStatus status) => new("Suspended", $"{status.Message}");

    /// <summary>The end; a run that policy refuses has an event of that name before, which admins look for.</summary>
    public static IEnumerable<RunEvent> Ended(AgentRunStatus status) =>
        status switch
        {
            { Phase: RunPhase.Succeeded } => [new("Succeeded", $"{status.Message}")],
            { Phase: RunPhase.Cancelled } => [new("Cancelled", $"{status.Message}")],
            { Reason: RunReason.PolicyDenied } => [new("PolicyDenied", $"{status.Message}", Warning: true), Failed(status)],
            _ => [Failed(status)],
        };

    private static RunEvent Failed(AgentRunStatus status) => new("Failed", $"{status.Reason}: {status.Message}", Warning: true);
}
