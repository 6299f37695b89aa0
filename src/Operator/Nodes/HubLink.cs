using Stromboli.Kubernetes;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// One link: Hello, Welcome, the snapshot down, the observed snapshot up, then changes down and reports up, with a lease for every ping.
/// </summary>
internal sealed partial class HubLink
{
    private readonly HubContext _context;
    private readonly MessageChannel<OperatorMessage, BridgeMessage> _channel;
    private readonly LinkIdentity _identity;
    private readonly string _installation;
    private readonly DesiredStream _desired;
    private readonly LinkReports _reports;
    private readonly ILogger _logger;
    private readonly Lock _imagesLock = new();
    private IReadOnlyList<string>? _images;
    private int _observed;
    private bool _inStep;
    private volatile bool _welcomed;
    private volatile bool _fenced;

    public HubLink(HubContext context, MessageChannel<OperatorMessage, BridgeMessage> channel, LinkIdentity identity, string installation)
    {
        _context = context;
        _channel = channel;
        _identity = identity;
        _installation = installation;
        _logger = context.Loggers.CreateLogger<HubLink>();
        _desired = new DesiredStream(context, channel, identity.Node, _logger);
        _reports = new LinkReports(identity.Node, context.Sink.Value, context.Metrics, _logger);
    }

    /// <summary>The node that it speaks for.</summary>
    public string Node => _identity.Node;

    /// <summary>Who it is, for logs.</summary>
    public string User => _identity.User;

    /// <summary>Whether it ever had the node.</summary>
    public bool Entered { get; private set; }

    /// <summary>Runs until the link ends, however it does; throws only what is a fault of this program.</summary>
    /// <param name="token">The token that the link was authorised with.</param>
    /// <param name="enter">Gives the node to this link; false if the hub is closing.</param>
    /// <param name="cancellationToken">Ends the link at once.</param>
    public async Task RunAsync(string token, Func<HubLink, NodeFacts, bool> enter, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> work = [];
        try
        {
            var hello = await ReceiveHelloAsync(cancellationToken);
            if (HelloRules.Check(hello, Node, _installation, _context.Leadership.Epoch) is { } refusal)
            {
                await RefuseAsync(refusal);
                if (refusal.Reason == RefusalReason.StaleEpoch)
                {
                    await _context.Witness.SuspectAsync(hello.SeenEpoch, cancellationToken);
                }

                return;
            }

            if (!(Entered = enter(this, NodeFactsRules.Clean(hello.Facts))))
            {
                await RefuseAsync(new LinkRefusal(RefusalReason.NotLeader, "This operator is stopping."));
                return;
            }

            _channel.TrySend(
                new Welcome
                {
                    Epoch = _context.Leadership.Epoch,
                    Installation = _installation,
                    Prices = _context.Settings.Prices,
                    ServerTools = _context.Settings.ServerTools,
                }
            );
            _welcomed = true;
            var resync = ResyncAsync(hello, ending.Token);
            work.Add(resync);
            work.Add(new LinkGuard(_context, this, _identity, token).RunAsync(ending.Token));
            await ReceiveAsync(resync, cancellationToken);
        }
        catch (ChannelEndedException e)
        {
            Log.Ended(_logger, Node, e.Reason, e.Message);
        }
        catch (OperationCanceledException)
        {
            Log.Ended(_logger, Node, ChannelEndReason.Closed, "The operator is stopping.");
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends what is wanted of an attempt, behind the snapshot. Never blocks.</summary>
    public void Send(DesiredAttempt attempt)
    {
        if (!_fenced)
        {
            _desired.Send(attempt);
        }
    }

    /// <summary>
    /// Sends the images that are wanted ahead, unless they are what was sent last on this link: the bridge may know others, or none. Before
    /// the welcome nothing can be sent; who asks asks again after it.
    /// </summary>
    public void SendImages(IReadOnlyList<string> images)
    {
        if (_fenced || !_welcomed)
        {
            return;
        }

        lock (_imagesLock)
        {
            if (_images is not null && _images.SequenceEqual(images))
            {
                return;
            }

            _images = images;
            _channel.TrySend(new DesiredImages { Epoch = _context.Leadership.Epoch, Images = images });
        }
    }

    /// <summary>Says that a session was deleted. Before the welcome nothing can be sent, and the snapshot says it.</summary>
    public void SendSessionGone(string uid)
    {
        if (!_fenced && _welcomed)
        {
            _channel.TrySend(new SessionGone { Epoch = _context.Leadership.Epoch, UID = uid });
        }
    }

    /// <summary>Sends a new connect token.</summary>
    public void SendToken(string token) => _channel.TrySend(new TokenIssued { Epoch = _context.Leadership.Epoch, Token = token });

    /// <summary>A newer link has the node: nothing that comes on this one counts from now on.</summary>
    public void Fence()
    {
        _fenced = true;
        _ = RefuseAsync(new LinkRefusal(RefusalReason.Fenced, "A newer link of the same node took over."));
    }

    /// <summary>Tells the bridge why the link ends, and ends it.</summary>
    public async Task RefuseAsync(LinkRefusal refusal)
    {
        _context.Metrics.Refused(refusal.Reason);
        Log.Refused(_logger, Node, refusal.Reason, refusal.Message);
        _channel.TrySend(
            new Refused
            {
                Epoch = _context.Leadership.Epoch,
                Reason = refusal.Reason,
                Message = refusal.Message,
            }
        );
        await _channel.CloseAsync();
    }

    private async Task<Hello> ReceiveHelloAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_context.Settings.HelloTimeout, _context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        BridgeMessage first;
        try
        {
            first = await _channel.ReceiveAsync(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new ChannelEndedException(ChannelEndReason.Closed, "No Hello came in time.");
        }

        if (first is Hello { Facts: not null } hello && (hello.Observed ?? []).All(HelloRules.IsSound))
        {
            return hello;
        }

        await RefuseAsync(new LinkRefusal(RefusalReason.ProtocolError, "The first message must be a sound Hello."));
        throw await _channel.Ended;
    }

    private async Task ReceiveAsync(Task<bool> resync, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await _channel.ReceiveAsync(cancellationToken);
            if (_fenced)
            {
                continue;
            }

            switch (message)
            {
                case Ping ping:
                    Grant(ping);
                    break;
                case ObservedSnapshot part when !_inStep && part.Attempts.All(HelloRules.IsSound):
                    if (!await resync)
                    {
                        throw await _channel.Ended;
                    }

                    Take(part.Attempts, part.Complete);
                    break;
                case Observed observed when HelloRules.IsSound(observed.Attempt):
                    if (!await resync)
                    {
                        throw await _channel.Ended;
                    }

                    _reports.Take(observed.Attempt);
                    break;
                case FactsChanged changed:
                    _context.Registry.FactsChanged(Node, this, NodeFactsRules.Clean(changed.Facts));
                    break;
                case ImagesChanged changed:
                    _context.Registry.ImagesChanged(Node, this, NodeImageRules.Clean(changed.Images));
                    break;
                case PrePullChanged changed:
                    _context.Registry.PrePullChanged(Node, this, NodeImageRules.Clean(changed.Progress));
                    break;
                default:
                    await RefuseAsync(
                        new LinkRefusal(
                            RefusalReason.ProtocolError,
                            $"A {message.GetType().Name} is not expected here, or holds what it must not."
                        )
                    );
                    break;
            }
        }
    }

    private void Grant(Ping ping)
    {
        // The order matters. The timestamp is taken first, since the bridge counts from when it sent the ping; whether we lead is asked
        // after that, so that the ping was sent while we did; and the registry knows of the lease before the bridge can.
        var received = _context.Clock.GetTimestamp();
        if (!_context.Leadership.IsLeader)
        {
            return;
        }

        _context.Registry.LeaseGranted(Node, received);
        _context.Metrics.LeaseGranted();
        _channel.TrySend(
            new LeaseGrant
            {
                Epoch = _context.Leadership.Epoch,
                PingID = ping.PingID,
                DurationMs = (long)_context.Settings.NodeLostAfter.TotalMilliseconds,
            }
        );
    }

    // A link that breaks between two parts has told what it has told: each observation stands for itself, and the next link begins with all
    // of them.
    private void Take(IReadOnlyList<AttemptObservation> observations, bool complete)
    {
        foreach (var observation in observations)
        {
            _reports.Take(observation);
        }

        _observed += observations.Count;
        if (!complete)
        {
            return;
        }

        _inStep = true;
        _context.Registry.Resynced(Node, this);
        Log.Resynced(_logger, Node, _observed);
    }

    private async Task<bool> ResyncAsync(Hello hello, CancellationToken cancellationToken)
    {
        try
        {
            var desired = await _desired.SyncAsync(hello.Schema, cancellationToken);
            Log.Sent(_logger, Node, desired);
            // Nothing else takes reports before this method is done.
            if (hello.Schema == 1)
            {
                Take(hello.Observed ?? [], complete: true);
            }

            return true;
        }
        catch (Exception e) when (e is ChannelEndedException || cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (NotLeaderException)
        {
            await RefuseAsync(new LinkRefusal(RefusalReason.NotLeader, "This operator leads no more."));
            return false;
        }
        catch (Exception e)
        {
            // The bridge dials again and gets a new snapshot; a link without one is worth nothing.
            Log.ResyncFailed(_logger, Node, e);
            await _channel.CloseAsync();
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The link of node {Node} ended ({Reason}): {Message}")]
        public static partial void Ended(ILogger logger, string node, ChannelEndReason reason, string message);

        [LoggerMessage(LogLevel.Warning, "The link of node {Node} is refused ({Reason}): {Message}")]
        public static partial void Refused(ILogger logger, string node, RefusalReason reason, string message);

        [LoggerMessage(LogLevel.Information, "Node {Node} was told of the {Desired} attempts that are desired there")]
        public static partial void Sent(ILogger logger, string node, int desired);

        [LoggerMessage(LogLevel.Information, "Node {Node} is in step: it knows {Observed} attempts")]
        public static partial void Resynced(ILogger logger, string node, int observed);

        [LoggerMessage(LogLevel.Warning, "Node {Node} could not be brought in step; its link is closed")]
        public static partial void ResyncFailed(ILogger logger, string node, Exception error);
    }
}
