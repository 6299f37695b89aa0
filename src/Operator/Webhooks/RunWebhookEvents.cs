using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Webhooks;

/// <summary>Derives from a stored run which events have happened; pure. An event that happened stays true.</summary>
internal static class RunWebhookEvents
{
    /// <summary>The events of the run so far, in their order.</summary>
    public static IReadOnlyList<string> Of(AgentRun run) =>
        [.. new[] { run.Status?.AgentStartTime is null ? null : WebhookEvents.Started, EndOf(run) }.OfType<string>()];

    /// <summary>The time of an event of the run.</summary>
    public static DateTimeOffset TimeOf(AgentRun run, string name) =>
        (name == WebhookEvents.Started ? run.Status?.AgentStartTime : run.Status?.CompletionTime)
        ?? run.Metadata.CreationTimestamp
        ?? DateTimeOffset.UnixEpoch;

    /// <summary>
    /// The ID of the message about an event. It is the same at every attempt and for every receiver, and contains nothing that a user chose.
    /// </summary>
    public static string IDOf(string uid, string name) => $"run_{uid}_{name.ToLowerInvariant()}";

    private static string? EndOf(AgentRun run) =>
        run.Status is null
            ? null
            : RunPhases.Derive(run.Status.Conditions) switch
            {
                RunPhase.Succeeded => WebhookEvents.Succeeded,
                RunPhase.Failed => WebhookEvents.Failed,
                RunPhase.Cancelled => WebhookEvents.Cancelled,
                _ => null,
            };
}
