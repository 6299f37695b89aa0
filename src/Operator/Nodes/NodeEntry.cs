using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>What the registry keeps of one node. Guarded by its own lock.</summary>
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
    public NodeEntry(TimeProvider clock, NodeLease lease, Action lost)
    {
        _clock = clock;
        Lease = lease;
        _downSince = clock.GetTimestamp();
        _lostTimer = clock.CreateTimer(_ => lost(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The lease.</summary>
    public NodeLease Lease { get; }

    /// <summary>The view that was last raised as a change; null before the first. Guarded by the registry.</summary>
    public (NodeView View, bool Lost)? Raised { get; set; }

    /// <summary>The labels as they were last put together, and of what; guarded by nothing: they are put together again at worst.</summary>
    public NodeLabels? Labels { get; set; }

    /// <summary>As it stands.</summary>
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

    /// <summary>A link takes the node over from the one that it may have.</summary>
    public void Up(object link, NodeFacts facts)
    {
        lock (_lock)
        {
            _link = link;
            _facts = facts;
            // Of a bridge that starts anew nothing is known until it is told what is wanted.
            _prePull = null;
            _connectedSince = _clock.GetUtcNow();
            _resynced = false;
        }
    }

    /// <summary>The link is gone; nothing if another has the node.</summary>
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

    /// <summary>A full resync is done on the link; nothing if another has the node.</summary>
    public void Resynced(object link)
    {
        lock (_lock)
        {
            _resynced |= _link == link;
        }
    }

    /// <summary>The bridge's facts have changed; nothing if another link has the node.</summary>
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

    /// <summary>What the bridge says of its images; nothing if another link has the node.</summary>
    /// <returns>Whether it has the node.</returns>
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

    /// <summary>How far the bridge is with the images that are wanted; nothing if another link has the node.</summary>
    /// <returns>Whether it has the node.</returns>
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

    /// <summary>Sets the timer to when the node would be lost.</summary>
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
