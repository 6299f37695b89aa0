using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Runs;

/// <summary>The events of a run's way.</summary>
internal static class RunEvents
{
    public static RunEvent Scheduled(AgentRunStatus status) => new("Scheduled", $"Attempt {status.Attempt} has the node {status.NodeName}.");

    public static RunEvent Started(AgentRunStatus status) => new("Started", $"The agent of attempt {status.Attempt} runs on {status.NodeName}.");

    public static RunEvent NodeLost(string message) => new("NodeLost", message, Warning: true);

    public static RunEvent RetryingAt(AgentRun run, RunReason reason, string message, DateTimeOffset at) => new(
        "Retrying", $"Attempt {run.LastAttempt()?.Attempt} ended with {reason}: {message} Attempt {run.NextAttempt()} follows at {at:yyyy-MM-dd'T'HH:mm:ss'Z'}.", Warning: true);

    public static RunEvent Retrying(int attempt) => new("Retrying", $"Attempt {attempt} follows, because the node was lost.");

    public static RunEvent Suspended(AgentRunStatus status) => new("Suspended", $"{status.Message}");

    public static RunEvent Ended(AgentRunStatus status) => status.Phase switch
    {
        RunPhase.Succeeded => new("Succeeded", $"{status.Message}"),
        RunPhase.Cancelled => new("Cancelled", $"{status.Message}"),
        _ => new("Failed", $"{status.Reason}: {status.Message}", Warning: true),
    };
}
