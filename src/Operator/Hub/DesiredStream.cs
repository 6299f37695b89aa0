using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Election;

namespace Stromboli.Operator.Hub;

/// <summary>
/// Sends the desired attempts to one node: first the snapshot, then the changes. An attempt that is too large for a message ends with that
/// reason, and the node is told to stop it.
/// </summary>
internal sealed partial class DesiredStream(
    string node,
    MessageChannel<OperatorMessage, BridgeMessage> channel,
    IDesiredAttempts attempts,
    IObservationSink sink,
    ILeadership leadership,
    ILogger logger
)
{
    // The bytes that a message adds to its attempt.
    private const int Envelope = 1024;
    private const int MaxAttemptBytes = NodeLinkProtocol.MaxMessageBytes - Envelope;

    private readonly DesiredOutbox _outbox = new();

    /// <summary>Sends a change after the snapshot. Never blocks.</summary>
    public void Send(DesiredAttempt attempt)
    {
        if (!_outbox.Hold(attempt))
        {
            channel.TrySend(new Desired { Epoch = leadership.Epoch, Attempt = Sendable(attempt) });
        }
    }

    /// <summary>Sends the snapshot and then the changes that came meanwhile. After that, changes are sent at once.</summary>
    /// <param name="schema">The schema that the bridge speaks.</param>
    /// <param name="cancellationToken">Cancels the sending.</param>
    /// <returns>The number of attempts in the snapshot.</returns>
    /// <exception cref="NotLeaderException">This operator stopped leading meanwhile.</exception>
    /// <exception cref="ChannelEndedException">The link has ended.</exception>
    public async Task<int> SyncAsync(int schema, CancellationToken cancellationToken)
    {
        _outbox.Forget();
        var desired = await attempts.ForNodeAsync(node, cancellationToken);
        List<DesiredAttempt> sendable = [.. desired.Select(Sendable)];
        var sessions = attempts.SessionsOn(node);
        foreach (var part in SnapshotParts.Of(sendable, sessions, leadership.Epoch, schema, NodeLinkChannel.SizeOf))
        {
            await SendAsLeaderAsync(part, cancellationToken);
        }

        while (_outbox.Take() is { Count: > 0 } changes)
        {
            foreach (var change in changes)
            {
                await SendAsLeaderAsync(new Desired { Epoch = leadership.Epoch, Attempt = Sendable(change) }, cancellationToken);
            }
        }

        return sendable.Count;
    }

    // Only the leader may say what is desired. Making the snapshot may take a while, and this process may have been paused meanwhile.
    private Task SendAsLeaderAsync(OperatorMessage message, CancellationToken cancellationToken) =>
        leadership.IsLeader ? channel.SendAsync(message, cancellationToken) : throw new NotLeaderException();

    // The end is observed before the node is told, so that it precedes what the node reports of the stop.
    private DesiredAttempt Sendable(DesiredAttempt attempt)
    {
        if (Problem(attempt) is not { } problem)
        {
            return attempt;
        }

        Log.Unsendable(logger, node, attempt.UID, attempt.Attempt, problem);
        sink.Observe(
            node,
            new AttemptObservation
            {
                UID = attempt.UID,
                Attempt = attempt.Attempt,
                Stage = AttemptStage.Ended,
                End = new AttemptEnd
                {
                    Reason = RunReason.InvalidSpec,
                    Message = problem,
                    EndedAgoMs = 0,
                },
            }
        );
        return new DesiredAttempt
        {
            UID = attempt.UID,
            Attempt = attempt.Attempt,
            State = DesiredState.Stop,
            Cause = StopCause.Cancelled,
        };
    }

    private static string? Problem(DesiredAttempt attempt)
    {
        try
        {
            return NodeLinkChannel.SizeOf(attempt) is > MaxAttemptBytes and var bytes
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"The run cannot be sent to its node: with its prompt, variables and credentials it has {bytes} bytes as JSON; at most {MaxAttemptBytes} are allowed."
                )
                : null;
        }
        catch (UnsendableMessageException)
        {
            return "The run cannot be sent to its node: its spec is nested too deeply.";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Ending attempt {Attempt} of run {UID}, which cannot be sent to node {Node}: {Message}")]
        public static partial void Unsendable(ILogger logger, string node, string uid, int attempt, string message);
    }
}
