using Stromboli.Kubernetes;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Election;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Hub;

/// <summary>
/// One link: Hello and Welcome, then the desired snapshot down and the observed snapshot up, then changes in both directions and a lease
/// for every ping.
/// </summary>
internal sealed partial class HubLink(
    MessageChannel<OperatorMessage, BridgeMessage> channel,
    LinkIdentity identity,
    string installation,
    DesiredStream desired,
    LinkReports reports,
    LinkGuard guard,
    LinkHandshake handshake,
    LeaseGranter leases,
    ILeadership leadership,
    NodeRegistry registry,
    HubMetrics metrics,
    ILogger<HubLink> logger
)
{
    private readonly Lock _imagesLock = new();
    private IReadOnlyList<string>? _images;
    private int _observed;
    private bool _isInSync;
    private volatile bool _isWelcome;
    private volatile bool _isFenced;
    private volatile int _schema;
    private CancellationToken _ended;

    /// <summary>The node that the link speaks for.</summary>
    public string Node => identity.Node;

    /// <summary>The user of the link, for the log.</summary>
    public string User => identity.User;

    /// <summary>Whether the link ever had the node.</summary>
    public bool Entered { get; private set; }

    /// <summary>Runs until the link ends. Throws only if this program has a fault.</summary>
    /// <param name="enter">Gives the node to this link; returns false if the hub is closing.</param>
    /// <param name="cancellationToken">Ends the link at once.</param>
    public async Task RunAsync(Func<HubLink, NodeFacts, bool> enter, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ended = ending.Token;
        List<Task> work = [];
        try
        {
            var hello = await handshake.ReceiveAsync(channel, cancellationToken);
            if (handshake.Check(hello, Node, installation) is { } refusal)
            {
                await RefuseAsync(refusal);
                await handshake.RefusedAsync(hello, refusal, cancellationToken);
                return;
            }

            if (!(Entered = enter(this, NodeFactsRules.Clean(hello.Facts))))
            {
                await RefuseAsync(new LinkRefusal(RefusalReason.NotLeader, "This operator is stopping."));
                return;
            }

            channel.TrySend(handshake.Welcome(installation));
            _schema = hello.Schema;
            _isWelcome = true;
            var resync = ResyncAsync(hello, ending.Token);
            work.Add(resync);
            work.Add(guard.RunAsync(this, ending.Token));
            await ReceiveAsync(resync, cancellationToken);
        }
        catch (LinkRefusedException e)
        {
            await RefuseAsync(e.Refusal);
        }
        catch (ChannelEndedException e)
        {
            Log.Ended(logger, Node, e.Reason, e.Message);
        }
        catch (OperationCanceledException)
        {
            Log.Ended(logger, Node, ChannelEndReason.Closed, "The operator is stopping.");
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends the desired state of an attempt, after the snapshot. Never blocks.</summary>
    public void Send(DesiredAttempt attempt)
    {
        if (!_isFenced)
        {
            desired.Send(attempt);
        }
    }

    /// <summary>
    /// Sends the images to pull ahead, unless this link was sent the same images last. Does nothing before the Welcome; the caller calls
    /// again later.
    /// </summary>
    public void SendImages(IReadOnlyList<string> images)
    {
        if (_isFenced || !_isWelcome)
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
            channel.TrySend(new DesiredImages { Epoch = leadership.Epoch, Images = images });
        }
    }

    /// <summary>Tells the bridge that a session was deleted. Does nothing before the Welcome, because the snapshot says so too.</summary>
    public void SendSessionGone(string uid)
    {
        if (!_isFenced && _isWelcome)
        {
            channel.TrySend(new SessionGone { Epoch = leadership.Epoch, UID = uid });
        }
    }

    /// <summary>Asks the bridge for a stream. Returns a token that is cancelled when the link ends.</summary>
    public (StreamRequest Request, CancellationToken LinkEnded) OpenStream(string id, StreamSource source)
    {
        if (_isFenced || !_isWelcome)
        {
            return (StreamRequest.NodeAway, default);
        }

        if (_schema < NodeLinkProtocol.StreamsSchema)
        {
            return (StreamRequest.OldBridge, default);
        }

        channel.TrySend(
            new OpenStream
            {
                Epoch = leadership.Epoch,
                ID = id,
                Source = source,
            }
        );
        return (StreamRequest.Sent, _ended);
    }

    /// <summary>Whether the API server has accepted the token for this link.</summary>
    public bool Knows(string token) => !_isFenced && _isWelcome && guard.Knows(token);

    /// <summary>Sends a new connect token.</summary>
    public void SendToken(string token) => channel.TrySend(new TokenIssued { Epoch = leadership.Epoch, Token = token });

    /// <summary>Ends the link because a newer link has the node. Messages on this link no longer count.</summary>
    public void Fence()
    {
        _isFenced = true;
        _ = RefuseAsync(new LinkRefusal(RefusalReason.Fenced, "A newer link of the same node replaced this one."));
    }

    /// <summary>Tells the bridge why the link ends, and ends it.</summary>
    public async Task RefuseAsync(LinkRefusal refusal)
    {
        metrics.Refused(refusal.Reason);
        Log.Refused(logger, Node, refusal.Reason, refusal.Message);
        channel.TrySend(
            new Refused
            {
                Epoch = leadership.Epoch,
                Reason = refusal.Reason,
                Message = refusal.Message,
            }
        );
        await channel.CloseAsync();
    }

    private async Task ReceiveAsync(Task<bool> resync, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await channel.ReceiveAsync(cancellationToken);
            if (_isFenced)
            {
                continue;
            }

            switch (message)
            {
                case Ping ping:
                    leases.Grant(Node, ping, channel);
                    break;
                case ObservedSnapshot part when !_isInSync && part.Attempts.All(HelloRules.IsSound):
                    if (!await resync)
                    {
                        throw await channel.Ended;
                    }

                    Take(part.Attempts, part.Complete);
                    break;
                case Observed observed when HelloRules.IsSound(observed.Attempt):
                    if (!await resync)
                    {
                        throw await channel.Ended;
                    }

                    reports.Take(observed.Attempt);
                    break;
                case FactsChanged changed:
                    registry.FactsChanged(Node, this, NodeFactsRules.Clean(changed.Facts));
                    break;
                case ImagesChanged changed:
                    registry.ImagesChanged(Node, this, NodeImageRules.Clean(changed.Images));
                    break;
                case PrePullChanged changed:
                    registry.PrePullChanged(Node, this, NodeImageRules.Clean(changed.Progress));
                    break;
                default:
                    await RefuseAsync(
                        new LinkRefusal(
                            RefusalReason.ProtocolError,
                            $"The message {message.GetType().Name} is not expected now, or its content is not valid."
                        )
                    );
                    break;
            }
        }
    }

    // If the link breaks between two parts, the observations of the first part still count. The next link begins with all of them.
    private void Take(IReadOnlyList<AttemptObservation> observations, bool complete)
    {
        foreach (var observation in observations)
        {
            reports.Take(observation);
        }

        _observed += observations.Count;
        if (!complete)
        {
            return;
        }

        _isInSync = true;
        registry.Resynced(Node, this);
        Log.Resynced(logger, Node, _observed);
    }

    private async Task<bool> ResyncAsync(Hello hello, CancellationToken cancellationToken)
    {
        try
        {
            var count = await desired.SyncAsync(hello.Schema, cancellationToken);
            Log.Sent(logger, Node, count);
            // No other code takes reports before this method has completed.
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
            await RefuseAsync(new LinkRefusal(RefusalReason.NotLeader, "This operator no longer leads."));
            return false;
        }
        catch (Exception e)
        {
            // The bridge connects again and gets a new snapshot. A link without a snapshot has no use.
            Log.ResyncFailed(logger, Node, e);
            await channel.CloseAsync();
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The link of node {Node} ended ({Reason}): {Message}")]
        public static partial void Ended(ILogger logger, string node, ChannelEndReason reason, string message);

        [LoggerMessage(LogLevel.Warning, "Refused the link of node {Node} ({Reason}): {Message}")]
        public static partial void Refused(ILogger logger, string node, RefusalReason reason, string message);

        [LoggerMessage(LogLevel.Information, "Sent node {Node} its snapshot of {Desired} desired attempts")]
        public static partial void Sent(ILogger logger, string node, int desired);

        [LoggerMessage(LogLevel.Information, "Node {Node} is in sync; it reported {Observed} attempts")]
        public static partial void Resynced(ILogger logger, string node, int observed);

        [LoggerMessage(LogLevel.Warning, "Cannot bring node {Node} in sync; closing its link")]
        public static partial void ResyncFailed(ILogger logger, string node, Exception error);
    }
}
