using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Stores;
using Stromboli.Telemetry.Traces;

namespace Stromboli.Operator.Runs;

/// <summary>Builds messages about attempts from the run, its session, and what its node reported.</summary>
internal sealed class AttemptMessageBuilder(SessionStore sessions, Observations observations, RunOptions options, TimeProvider clock)
{
    /// <summary>The desired states of the attempts that the record names.</summary>
    public IReadOnlyList<DesiredAttemptState> DesiredOf(AgentRun run) => DesiredAttemptStates.Of(run, clock.GetUtcNow(), options);

    /// <summary>Builds the message about an attempt that the record names.</summary>
    /// <param name="run">The run.</param>
    /// <param name="desired">The desired state of the attempt.</param>
    /// <param name="secrets">The secrets; set exactly for <see cref="DesiredState.Go"/>.</param>
    public DesiredAttempt Build(AgentRun run, DesiredAttemptState desired, AttemptSecrets? secrets) =>
        Traced(AttemptMessages.Build(run, desired, secrets, clock.GetUtcNow(), options, observations.Find(run.UID()), sessions.Of(run)));

    /// <summary>Builds the message about an attempt that has a node but is not on record yet.</summary>
    public DesiredAttempt BuildPlaced(AgentRun run, Allocation placed) =>
        Traced(
            AttemptMessages.Build(
                run with
                {
                    Status = null,
                },
                new DesiredAttemptState(placed.Node, placed.Attempt, DesiredState.Hold),
                secrets: null,
                clock.GetUtcNow(),
                options,
                session: sessions.Of(run)
            )
        );

    // The node's spans become children of the attempt's.
    private static DesiredAttempt Traced(DesiredAttempt message) =>
        message.Spec is { } spec && RunTrace.TraceParentOf(message.UID, message.Attempt) is { } parent
            ? message with
            {
                Spec = spec with { TraceParent = parent },
            }
            : message;
}
