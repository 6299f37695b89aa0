using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Stores;
using Stromboli.Telemetry.Logs;

namespace Stromboli.Operator.Runs;

/// <summary>Makes the snapshot of a node: the attempts on record, and those that are held while their record is written.</summary>
internal sealed partial class DesiredAttempts(
    RunStore runs,
    SessionStore sessions,
    Reservations reservations,
    SentStates sent,
    AttemptMessageBuilder messages,
    AttemptSecretsCache secrets,
    RunSignals signals,
    ILogger<DesiredAttempts> logger
) : IDesiredAttempts
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<DesiredAttempt>> ForNodeAsync(string node, CancellationToken cancellationToken)
    {
        await runs.Informer.WaitForSyncAsync(cancellationToken);
        List<DesiredAttempt> attempts = [];
        foreach (var run in runs.OnNode(node))
        {
            foreach (var desired in messages.DesiredOf(run).Where(d => d.Node == node && d.State != DesiredState.Absent))
            {
                attempts.Add(await MessageAsync(run, desired, cancellationToken));
            }
        }

        attempts.AddRange(reservations.All.Where(r => r.Node == node).Select(Held).OfType<DesiredAttempt>());
        return attempts;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> SessionsOn(string node) =>
        [
            .. sessions
                .OnNode(node)
                .Where(session => session.Metadata.DeletionTimestamp is null)
                .Select(session => session.Metadata.Uid ?? ""),
        ];

    private async Task<DesiredAttempt> MessageAsync(AgentRun run, DesiredAttemptState desired, CancellationToken cancellationToken)
    {
        if (desired.State != DesiredState.Go)
        {
            return Message(run, desired, null);
        }

        // A node has many attempts. The whole spec of each is read on its own, and then the attempt is let go.
        if (run.IsAbridged())
        {
            return Hold(run, desired);
        }

        var found = await secrets.ReadAsync(run, cancellationToken);
        if (runs.Find(run.UID()) is null)
        {
            secrets.Forget(run.UID());
        }

        if (found is not null)
        {
            return Message(run, desired, found);
        }

        // A snapshot without the attempt would stop its agent. A held attempt keeps running; it has no model until its secrets can be read.
        using var scope = logger.BeginScope(new RunScope(run.UID()));
        Log.Held(logger, NamespacedName.Of(run), desired.Attempt, desired.Node);
        return Hold(run, desired);
    }

    // The state is noted before the run is woken. Otherwise it would seem that the attempt was already let go.
    private DesiredAttempt Hold(AgentRun run, DesiredAttemptState desired)
    {
        var message = Message(run, desired with { State = DesiredState.Hold }, null);
        signals.Wake(NamespacedName.Of(run));
        return message;
    }

    private DesiredAttempt Message(AgentRun run, DesiredAttemptState desired, AttemptSecrets? found)
    {
        sent.Note(run.UID(), desired);
        return messages.Build(run, desired, found);
    }

    // The node needs to know of a reservation only if it was sent before, because its record is being written then.
    private DesiredAttempt? Held(Allocation reserved) =>
        sent.Find(reserved.UID, reserved.Attempt, reserved.Node) == DesiredState.Hold
        && runs.Find(reserved.UID) is { } run
        && run.LastAttempt()?.Attempt != reserved.Attempt
            ? messages.BuildPlaced(run, reserved)
            : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Run}: holding attempt {Attempt} on {Node} because its secrets cannot be read")]
        public static partial void Held(ILogger logger, NamespacedName run, int attempt, string node);
    }
}
