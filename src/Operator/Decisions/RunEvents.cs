using Stromboli.Crds.Runs;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Decisions;

/// <summary>Builds the Events of a run.</summary>
internal static class RunEvents
{
    public static RunEvent Scheduled(AgentRunStatus status) =>
        new("Scheduled", $"Scheduled attempt {status.Attempt} on {status.NodeName}.");

    public static RunEvent Started(AgentRunStatus status) =>
        new("Started", $"Started the agent of attempt {status.Attempt} on {status.NodeName}.");

    /// <summary>The node of the attempt was lost (NodeLost) or could not run it (NodeUnfit).</summary>
    public static RunEvent NodeFailed(RunReason reason, string message) => new($"{reason}", message, Warning: true);

    public static RunEvent RetryingAt(AgentRun run, RunReason reason, string message, DateTimeOffset at) =>
        new(
            "Retrying",
            $"Attempt {run.LastAttempt()?.Attempt} ended with {reason}: {message} Attempt {run.NextAttempt()} starts at {at:yyyy-MM-dd'T'HH:mm:ss'Z'}.",
            Warning: true
        );

    public static RunEvent Retrying(int attempt, RunReason why) =>
        new(
            "Retrying",
            $"Starting attempt {attempt} because the node {(why == RunReason.NodeUnfit ? "could not run the container" : "was lost")}."
        );

    public static RunEvent Suspended(AgentRunStatus status) => new("Suspended", $"{status.Message}");

    /// <summary>The run has ended. If the policy refuses a run, an Event of that name comes first, because admins look for it.</summary>
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

/// <summary>An Event of a run. It is recorded once the status that it describes is stored.</summary>
/// <param name="Reason">A reason of the API, such as <c>Scheduled</c> or <c>Started</c>.</param>
/// <param name="Note">One sentence.</param>
/// <param name="Warning">Whether the type of the Event is <c>Warning</c>.</param>
internal sealed record RunEvent(string Reason, string Note, bool Warning = false);
