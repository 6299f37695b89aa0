using Stromboli.Kubernetes;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>What is wanted, on its way to one node: first the snapshot, then the changes, in that order.</summary>
internal sealed partial class DesiredStream
{
    // What a message adds to the attempt that it carries.
    private const int Envelope = 1024;

    private readonly DesiredOutbox _outbox = new();
    private readonly HubContext _context;
    private readonly MessageChannel<OperatorMessage, BridgeMessage> _channel;
    private readonly string _node;
    private readonly ILogger _log;

    public DesiredStream(HubContext context, MessageChannel<OperatorMessage, BridgeMessage> channel, string node, ILogger log)
    {
        _context = context;
        _channel = channel;
        _node = node;
        _log = log;
    }

    /// <summary>Sends a change, behind the snapshot. Never blocks.</summary>
    public void Send(DesiredAttempt attempt)
    {
        if (!_outbox.Hold(attempt) && Fits(attempt))
            _channel.TrySend(new Desired { Epoch = _context.Leadership.Epoch, Attempt = attempt });
    }

    /// <summary>Sends the snapshot, and then what has changed meanwhile; from there on changes go at once.</summary>
    /// <returns>How many attempts the snapshot has.</returns>
    /// <exception cref="NotLeaderException">The lead was lost meanwhile.</exception>
    /// <exception cref="ChannelEndedException">The link has ended.</exception>
    public async Task<int> SyncAsync(CancellationToken cancellationToken)
    {
        _outbox.Forget();
        var attempts = await _context.Desired.Value.ForNodeAsync(_node, cancellationToken);
        List<DesiredAttempt> fitting = [.. attempts.Where(Fits)];
        var sessions = _context.Desired.Value.SessionsOn(_node);
        foreach (var part in SnapshotParts.Of(fitting, _context.Leadership.Epoch, NodeLinkChannel.SizeOf))
            await SendAsLeaderAsync(part.Complete ? part with { Sessions = sessions } : part, cancellationToken);
        while (_outbox.Take() is { Count: > 0 } changes)
        {
            foreach (var change in changes.Where(Fits))
                await SendAsLeaderAsync(new Desired { Epoch = _context.Leadership.Epoch, Attempt = change }, cancellationToken);
        }

        return fitting.Count;
    }

    // What is wanted is the leader's to say. It may have taken a while to find out, and this process may have been paused meanwhile.
    private Task SendAsLeaderAsync(OperatorMessage message, CancellationToken cancellationToken) => _context.Leadership.IsLeader
        ? _channel.SendAsync(message, cancellationToken)
        : throw new NotLeaderException();

    private bool Fits(DesiredAttempt attempt)
    {
        try
        {
            if (NodeLinkChannel.SizeOf(attempt) <= NodeLinkProtocol.MaxMessageBytes - Envelope)
                return true;
            Log.TooLarge(_log, _node, attempt.UID, attempt.Attempt, NodeLinkProtocol.MaxMessageBytes);
        }
        catch (UnsendableMessageException e)
        {
            Log.Unsendable(_log, _node, attempt.UID, attempt.Attempt, e.Message);
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Attempt {Attempt} of run {UID} cannot be sent to node {Node}: it is larger than {Bytes} bytes")]
        public static partial void TooLarge(ILogger log, string node, string uid, int attempt, int bytes);

        [LoggerMessage(LogLevel.Error, "Attempt {Attempt} of run {UID} cannot be sent to node {Node}: {Message}")]
        public static partial void Unsendable(ILogger log, string node, string uid, int attempt, string message);
    }
}
