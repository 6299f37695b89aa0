using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.PodmanBridge.Sessions;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Link;

/// <summary>
/// One link, from its Hello to its end. Desired state comes down, observed state goes up, and pings renew the lease. State that grows with
/// the node's attempts is sent in parts (docs/design/node-hub.md).
/// </summary>
internal sealed class LinkSession(
    MessageChannel<BridgeMessage, OperatorMessage> channel,
    string node,
    LinkSession.Services services,
    Action<OpenStream> openStream
)
{
    /// <summary>The interval of pings until the first grant says how long a lease is, and their longest interval afterwards.</summary>
    private static readonly TimeSpan LongestPingInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstPingInterval = TimeSpan.FromSeconds(2);

    /// <summary>How often to look for leftovers, which a hung engine may create late. A look takes two list calls.</summary>
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A link counts as dead after three unanswered pings, early enough to dial again several times while the lease lasts. The bound counts
    /// pings and not time, because the first grant shortens the interval while a ping still waits for the longer one.
    /// </summary>
    private const int PingsPerLease = 8;
    private const int UnansweredPings = 2;

    private readonly List<DesiredAttempt> _snapshot = [];
    private readonly List<string> _sessions = [];
    private readonly Dictionary<long, long> _pings = [];
    private readonly TaskCompletionSource _inStep = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private IReadOnlyList<AttemptObservation> _observed = [];
    private TimeSpan _pingInterval = FirstPingInterval;
    private long _answered;

    /// <summary>What a link works with.</summary>
    internal sealed class Services
    {
        public required Installation Installation { get; init; }

        public required NodeLease Lease { get; init; }

        public required ConnectToken Token { get; init; }

        public required NodeAttempts Attempts { get; init; }

        public required NodeSessions Sessions { get; init; }

        public required LeftoverSweep Leftovers { get; init; }

        public required AttemptChanges Changes { get; init; }

        public required NodeFactsSource Facts { get; init; }

        public required ImageCatalogue Images { get; init; }

        public required PrePuller PrePuller { get; init; }

        public required PriceList Prices { get; init; }

        public required StreamDispatcher Streams { get; init; }

        public required TimeProvider Clock { get; init; }
    }

    /// <summary>Serves the link until it ends.</summary>
    /// <exception cref="ChannelEndedException">The link ended.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        channel.TrySend(
            new Hello
            {
                Schema = NodeLinkProtocol.Schema,
                Node = node,
                Installation = services.Installation.ID,
                SeenEpoch = services.Installation.SeenEpoch,
                Facts = services.Facts.Current,
            }
        );
        var first = await channel.ReceiveAsync(cancellationToken);
        Accept(first as Welcome ?? throw Refusal(first));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] loops =
        [
            ReceiveAsync(ending.Token),
            ReportAsync(ending.Token),
            ReportFactsAsync(ending.Token),
            ReportImagesAsync(ending.Token),
            ReportPrePullAsync(ending.Token),
            PingAsync(ending.Token),
            SweepAsync(ending.Token),
        ];
        var ended = await Task.WhenAny(loops);
        await ending.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;
    }

    private void Accept(Welcome welcome)
    {
        if (!services.Installation.TryServe(welcome.Installation))
        {
            throw new InvalidOperationException(
                $"this state directory serves installation {services.Installation.ID}, the operator is of {welcome.Installation}; give the bridge another --state-dir"
            );
        }

        RequireCurrentEpoch(welcome);
        services.Prices.Set(welcome.Prices, welcome.ServerTools ?? []);
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await channel.ReceiveAsync(cancellationToken);
            RequireCurrentEpoch(message);
            switch (message)
            {
                case LeaseGrant grant:
                    Take(grant);
                    break;
                case Desired desired:
                    services.Attempts.Apply(desired.Attempt);
                    break;
                case DesiredSnapshot part:
                    Take(part);
                    break;
                case SessionGone gone:
                    services.Sessions.Remove(gone.UID);
                    break;
                case DesiredImages desired:
                    services.PrePuller.Apply(desired.Images);
                    break;
                case OpenStream stream:
                    openStream(stream);
                    break;
                case TokenIssued issued:
                    await services.Token.WriteAsync(issued.Token, cancellationToken);
                    break;
                default:
                    throw Refusal(message);
            }
        }
    }

    private void RequireCurrentEpoch(OperatorMessage message)
    {
        if (!services.Installation.Admit(message.Epoch))
        {
            throw new InvalidOperationException(
                $"the operator speaks for epoch {message.Epoch}, but a leader of epoch {services.Installation.SeenEpoch} was heard"
            );
        }
    }

    private static Exception Refusal(OperatorMessage message) =>
        message is Refused refused
            ? new NodeLinkRefusedException(refused.Reason, refused.Message)
            : new InvalidOperationException($"the operator sent a {message.GetType().Name} out of turn");

    private void Take(LeaseGrant grant)
    {
        var duration = TimeSpan.FromMilliseconds(grant.DurationMs);
        long sentAt;
        lock (_lock)
        {
            if (!_pings.Remove(grant.PingID, out sentAt))
            {
                return;
            }

            _answered = Math.Max(_answered, grant.PingID);
            _pingInterval = duration / PingsPerLease < LongestPingInterval ? duration / PingsPerLease : LongestPingInterval;
        }

        services.Lease.Extend(sentAt, duration);
    }

    private void Take(DesiredSnapshot part)
    {
        _snapshot.AddRange(part.Attempts);
        _sessions.AddRange(part.Sessions);
        if (part.Complete)
        {
            // Whatever follows from the snapshot is reported as a change.
            services.Changes.Clear();
            _observed = [.. services.Attempts.Observe()];
            services.Attempts.ApplyAll([.. _snapshot]);
            services.Sessions.Keep([.. _sessions]);
            _snapshot.Clear();
            _sessions.Clear();
            _inStep.TrySetResult();
        }
    }

    // Sweeps once the desired state is known, and then regularly, because a hung engine may later carry out a call that was given up.
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await _inStep.Task.WaitAsync(cancellationToken);
        while (true)
        {
            await services.Leftovers.SweepAsync(cancellationToken);
            await Task.Delay(SweepEvery, services.Clock, cancellationToken);
        }
    }

    // Reports everything once the operator has sent the desired state. Until then the operator reads no report, and pings would wait behind
    // reports.
    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        await _inStep.Task.WaitAsync(cancellationToken);
        foreach (var (part, last) in MessageParts.Of(_observed.Select(ObservationBound.Apply), NodeLinkChannel.SizeOf))
        {
            await channel.SendAsync(new ObservedSnapshot { Attempts = part, Complete = last }, cancellationToken);
        }

        _observed = [];
        while (true)
        {
            foreach (var key in await services.Changes.TakeAsync(cancellationToken))
            {
                if (services.Attempts.Observe(key.UID, key.Attempt) is { Stage: not AttemptStage.Collected } observation)
                {
                    await channel.SendAsync(new Observed { Attempt = ObservationBound.Apply(observation) }, cancellationToken);
                }
            }
        }
    }

    private async Task ReportFactsAsync(CancellationToken cancellationToken)
    {
        await foreach (var facts in services.Facts.ChangesAsync(cancellationToken))
        {
            await channel.SendAsync(new FactsChanged { Facts = facts }, cancellationToken);
        }
    }

    private async Task ReportImagesAsync(CancellationToken cancellationToken)
    {
        await foreach (var images in services.Images.ChangesAsync(cancellationToken))
        {
            await channel.SendAsync(new ImagesChanged { Images = MessageParts.First(images, NodeLinkChannel.SizeOf) }, cancellationToken);
        }
    }

    private async Task ReportPrePullAsync(CancellationToken cancellationToken)
    {
        await foreach (var progress in services.PrePuller.ChangesAsync(cancellationToken))
        {
            await channel.SendAsync(new PrePullChanged { Progress = progress }, cancellationToken);
        }
    }

    private async Task PingAsync(CancellationToken cancellationToken)
    {
        for (var id = 1L; ; id++)
        {
            TimeSpan interval;
            lock (_lock)
            {
                interval = _pingInterval;
                if (id - 1 - _answered > UnansweredPings)
                {
                    throw new TimeoutException("the operator does not answer pings");
                }

                _pings[id] = services.Clock.GetTimestamp();
                _pings.Remove(id - 8);
            }

            await channel.SendAsync(new Ping { PingID = id }, cancellationToken);
            await Task.Delay(interval, services.Clock, cancellationToken);
        }
    }
}
