using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>The registry's entry of one node. Guarded by its own lock.</summary>
internal sealed class NodeEntry : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _lostTimer;
    private object? _link;
    private NodeFacts? _facts;
    private IReadOnlyList<NodeImage>? _images;
    private PrePullProgress? _prePull;
    private DateTimeOffset? _connectedSince;
    private bool _resynced;
    private long _downSince;

    /// <param name="clock">The clock.</param>
    /// <param name="lease">The node's lease.</param>
    /// <param name="lost">Called when the lease and its grace may be over.</param>
    public NodeEntry(TimeProvider clock, GrantedLease lease, Action lost)
    {
        _clock = clock;
        Lease = lease;
        _downSince = clock.GetTimestamp();
        _lostTimer = clock.CreateTimer(_ => lost(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The lease.</summary>
    public GrantedLease Lease { get; }

    /// <summary>The view at the last raised change; null before the first. Guarded by the registry.</summary>
    public (NodeView View, bool Lost)? Raised { get; set; }

    /// <summary>The effective labels and their sources. Not guarded, because at worst they are computed again.</summary>
    public NodeLabels? Labels { get; set; }

    /// <summary>The current report.</summary>
    public NodeReport Report
    {
        get
        {
            lock (_lock)
            {
                return new NodeReport
                {
                    Facts = _facts,
                    Images = _images,
                    PrePull = _prePull,
                    ConnectedSince = _connectedSince,
                    Resynced = _resynced,
                    DownFor = _link is null ? _clock.GetElapsedTime(_downSince) : TimeSpan.Zero,
                    Lost = Lease.Left <= TimeSpan.Zero,
                };
            }
        }
    }

    /// <summary>A link takes over the node from any older link.</summary>
    public void Up(object link, NodeFacts facts)
    {
        lock (_lock)
        {
            _link = link;
            _facts = facts;
            // The progress of a new bridge is unknown until the bridge has received the desired images.
            _prePull = null;
            _connectedSince = _clock.GetUtcNow();
            _resynced = false;
        }
    }

    /// <summary>The link is gone. Does nothing if another link has the node.</summary>
    public void Down(object link)
    {
        lock (_lock)
        {
            if (_link != link)
            {
                return;
            }

            _link = null;
            _connectedSince = null;
            _resynced = false;
            _downSince = _clock.GetTimestamp();
        }
    }

    /// <summary>The link has completed a full resync. Does nothing if another link has the node.</summary>
    public void Resynced(object link)
    {
        lock (_lock)
        {
            _resynced |= _link == link;
        }
    }

    /// <summary>The bridge's facts have changed. Does nothing if another link has the node.</summary>
    public void Facts(object link, NodeFacts facts)
    {
        lock (_lock)
        {
            if (_link == link)
            {
                _facts = facts;
            }
        }
    }

    /// <summary>The bridge has reported its images. Does nothing if another link has the node.</summary>
    /// <returns>Whether the link has the node.</returns>
    public bool Images(object link, IReadOnlyList<NodeImage> images)
    {
        lock (_lock)
        {
            if (_link != link)
            {
                return false;
            }

            _images = images;
            return true;
        }
    }

    /// <summary>The bridge has reported its progress with the desired images. Does nothing if another link has the node.</summary>
    /// <returns>Whether the link has the node.</returns>
    public bool PrePull(object link, PrePullProgress progress)
    {
        lock (_lock)
        {
            if (_link != link)
            {
                return false;
            }

            _prePull = progress;
            return true;
        }
    }

    /// <summary>Sets the timer to the moment at which the node would be lost.</summary>
    public void Watch()
    {
        var left = Lease.Left;
        if (left > TimeSpan.Zero)
        {
            _lostTimer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lostTimer.Dispose();
}
