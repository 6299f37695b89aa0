using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Runs;

/// <summary>Everything that is wanted on a node, out of the record alone, and what is held while its record is written.</summary>
internal sealed partial class DesiredAttempts(
    RunStore runs,
    SessionStore sessions,
    Reservations reservations,
    SentStates sent,
    Observations observations,
    AttemptSecretsSource secrets,
    RunSignals signals,
    RunOptions options,
    TimeProvider clock,
    ILogger<DesiredAttempts> logger
) : IDesiredAttempts
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<DesiredAttempt>> ForNodeAsync(string node, CancellationToken cancellationToken)
    {
        await runs.Informer.WaitForSyncAsync(cancellationToken);
        List<DesiredAttempt> wanted = [];
        foreach (var run in runs.OnNode(node))
        {
            var now = clock.GetUtcNow();
            foreach (var wish in AttemptWishes.Of(run, now, options).Where(w => w.Node == node && w.State != DesiredState.Absent))
            {
                wanted.Add(await MessageAsync(run, wish, cancellationToken));
            }
        }
        wanted.AddRange(reservations.All.Where(r => r.Node == node).Select(Held).OfType<DesiredAttempt>());
        return wanted;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> SessionsOn(string node) =>
        [
            .. sessions
                .OnNode(node)
                .Where(session => session.Metadata.DeletionTimestamp is null)
                .Select(session => session.Metadata.Uid ?? ""),
        ];

    private async Task<DesiredAttempt> MessageAsync(AgentRun run, WantedAttempt wish, CancellationToken cancellationToken)
    {
        if (wish.State != DesiredState.Go)
        {
            return Message(run, wish, null);
        }
        // Only a part of it is here, and a node has many: each is let go by itself, when it has been read.
        if (run.IsAbridged())
        {
            return Hold(run, wish);
        }

        var found = await secrets.ReadAsync(run, cancellationToken);
        if (runs.Find(run.UID()) is null)
        {
            secrets.Forget(run.UID());
        }

        if (found is not null)
        {
            return Message(run, wish, found);
        }
        // Left out, the attempt would be absent and its agent killed. Held, it goes on, and gets no model until its secrets can be read.
        Log.Held(logger, NamespacedName.Of(run), wish.Attempt, wish.Node);
        return Hold(run, wish);
    }

    // Noted before the run is woken: else it would seem that it was let go already.
    private DesiredAttempt Hold(AgentRun run, WantedAttempt wish)
    {
        var message = Message(run, wish with { State = DesiredState.Hold }, null);
        signals.Wake(NamespacedName.Of(run));
        return message;
    }

    private DesiredAttempt Message(AgentRun run, WantedAttempt wish, AttemptSecrets? found)
    {
        sent.Note(run.UID(), wish);
        return AttemptMessages.Build(run, wish, found, clock.GetUtcNow(), options, observations.Find(run.UID()), sessions.Of(run));
    }

    // Only what was sent before: a placement that is not being recorded yet is nothing that a node need know of.
    private DesiredAttempt? Held(Allocation reserved) =>
        sent.Find(reserved.UID, reserved.Attempt, reserved.Node) == DesiredState.Hold
        && runs.Find(reserved.UID) is { } run
        && run.LastAttempt()?.Attempt != reserved.Attempt
            ? AttemptMessages.Build(
                run with
                {
                    Status = null,
                },
                new WantedAttempt(reserved.Node, reserved.Attempt, DesiredState.Hold),
                null,
                clock.GetUtcNow(),
                options,
                session: sessions.Of(run)
            )
            : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Run}: attempt {Attempt} on {Node} is held: its secrets cannot be read")]
        public static partial void Held(ILogger logger, NamespacedName run, int attempt, string node);
    }
}
