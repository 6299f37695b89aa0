using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// What is wanted, on its way to one node: first the snapshot, then the changes, in that order. If an attempt is too large for a message,
/// its run ends with that reason, and the node stops what it may have of it.
/// </summary>
internal sealed partial class DesiredStream
{
    // What a message adds to the attempt that it carries.
    private const int Envelope = 1024;
    private const int MaxAttemptBytes = NodeLinkProtocol.MaxMessageBytes - Envelope;

    private readonly DesiredOutbox _outbox = new();
    private readonly HubContext _context;
    private readonly MessageChannel<OperatorMessage, BridgeMessage> _channel;
    private readonly string _node;
    private readonly ILogger _logger;

    public DesiredStream(HubContext context, MessageChannel<OperatorMessage, BridgeMessage> channel, string node, ILogger logger)
    {
        _context = context;
        _channel = channel;
        _node = node;
        _logger = logger;
    }

    /// <summary>Sends a change, behind the snapshot. Never blocks.</summary>
    public void Send(DesiredAttempt attempt)
    {
        if (!_outbox.Hold(attempt))
        {
            _channel.TrySend(new Desired { Epoch = _context.Leadership.Epoch, Attempt = Sendable(attempt) });
        }
    }

    /// <summary>Sends the snapshot, and then what has changed meanwhile; from there on changes go at once.</summary>
    /// <param name="schema">What the bridge speaks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many attempts the snapshot has.</returns>
    /// <exception cref="NotLeaderException">The lead was lost meanwhile.</exception>
    /// <exception cref="ChannelEndedException">The link has ended.</exception>
    public async Task<int> SyncAsync(int schema, CancellationToken cancellationToken)
    {
        _outbox.Forget();
        var attempts = await _context.Desired.Value.ForNodeAsync(_node, cancellationToken);
        List<DesiredAttempt> sendable = [.. attempts.Select(Sendable)];
        var sessions = _context.Desired.Value.SessionsOn(_node);
        foreach (var part in SnapshotParts.Of(sendable, sessions, _context.Leadership.Epoch, schema, NodeLinkChannel.SizeOf))
        {
            await SendAsLeaderAsync(part, cancellationToken);
        }

        while (_outbox.Take() is { Count: > 0 } changes)
        {
            foreach (var change in changes)
            {
                await SendAsLeaderAsync(new Desired { Epoch = _context.Leadership.Epoch, Attempt = Sendable(change) }, cancellationToken);
            }
        }

        return sendable.Count;
    }

    // What is wanted is the leader's to say. It may have taken a while to find out, and this process may have been paused meanwhile.
    private Task SendAsLeaderAsync(OperatorMessage message, CancellationToken cancellationToken) =>
        _context.Leadership.IsLeader ? _channel.SendAsync(message, cancellationToken) : throw new NotLeaderException();

    // The end is told before the node is: what the node then reports of its own stop comes second.
    private DesiredAttempt Sendable(DesiredAttempt attempt)
    {
        if (Problem(attempt) is not { } problem)
        {
            return attempt;
        }

        Log.Unsendable(_logger, _node, attempt.UID, attempt.Attempt, problem);
        _context.Sink.Value.Observe(
            _node,
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
                    $"The run cannot be sent to its node: with its prompt, variables and credentials it has {bytes} bytes as JSON, and {MaxAttemptBytes} are allowed."
                )
                : null;
        }
        catch (UnsendableMessageException)
        {
            return "The run cannot be sent to its node: its spec nests deeper than a message may.";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} of run {UID} ends, since it cannot be sent to node {Node}: {Message}")]
        public static partial void Unsendable(ILogger logger, string node, string uid, int attempt, string message);
    }
}
