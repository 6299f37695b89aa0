using System.Collections.Concurrent;
using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>The nodes: their objects in the cluster, the reports of their bridges, and their leases.</summary>
internal sealed class NodeRegistry : INodeRegistry, IDisposable
{
    private readonly ConcurrentDictionary<string, NodeEntry> _entries = new();
    private readonly Lock _raising = new();
    private readonly INodeSource _source;
    private readonly NodeLeaseOptions _options;
    private readonly TimeProvider _clock;
    private long _leadSince;

    public NodeRegistry(INodeSource source, NodeLeaseOptions options, TimeProvider clock)
    {
        _source = source;
        _options = options;
        _clock = clock;
        _leadSince = clock.GetTimestamp();
    }

    /// <inheritdoc/>
    public event Action<string>? Changed;

    /// <summary>Raised with the node's name when it has reported something that matters to its status but not to runs.</summary>
    public event Action<string>? Reported;

    /// <inheritdoc/>
    public IReadOnlyCollection<NodeView> Nodes => [.. _source.AgentNodes.Select(n => View(n.Metadata.Name!)).OfType<NodeView>()];

    /// <inheritdoc/>
    public NodeView? Find(string name) => View(name);

    /// <summary>What the links of the node have reported.</summary>
    public NodeReport Report(string name) => Entry(name).Report;

    /// <summary>This operator begins to lead. Any node may hold a lease that the last leader granted up to this moment.</summary>
    public void LeadershipBegins()
    {
        Interlocked.Exchange(ref _leadSince, _clock.GetTimestamp());
        foreach (var (name, entry) in _entries)
        {
            entry.Lease.Extend(_leadSince);
            entry.Watch();
            Refresh(name);
        }

        foreach (var node in _source.AgentNodes)
        {
            Refresh(node.Metadata.Name!);
        }
    }

    /// <summary>A link has the node.</summary>
    public void LinkUp(string name, object link, NodeFacts facts)
    {
        Entry(name).Up(link, facts);
        Refresh(name);
    }

    /// <summary>A link is gone.</summary>
    public void LinkDown(string name, object link)
    {
        Entry(name).Down(link);
        Refresh(name);
    }

    /// <summary>A full resync is done on the link.</summary>
    public void Resynced(string name, object link)
    {
        Entry(name).Resynced(link);
        Refresh(name);
    }

    /// <summary>The bridge's facts have changed.</summary>
    public void FactsChanged(string name, object link, NodeFacts facts)
    {
        Entry(name).Facts(link, facts);
        Refresh(name);
    }

    /// <summary>The node's images have changed.</summary>
    public void ImagesChanged(string name, object link, IReadOnlyList<NodeImage> images)
    {
        if (Entry(name).Images(link, images))
        {
            Reported?.Invoke(name);
        }
    }

    /// <summary>The node has made progress with its desired images.</summary>
    public void PrePullChanged(string name, object link, PrePullProgress progress)
    {
        if (Entry(name).PrePull(link, progress))
        {
            Reported?.Invoke(name);
        }
    }

    /// <summary>
    /// A lease is about to be granted. The bridge counts it from this timestamp or earlier. Call this before the grant is sent.
    /// </summary>
    public void LeaseGranted(string name, long timestamp)
    {
        var entry = Entry(name);
        entry.Lease.Extend(timestamp);
        entry.Watch();
        Refresh(name);
    }

    /// <summary>Raises <see cref="Changed"/> if the node differs from when it was last raised.</summary>
    public void Refresh(string name)
    {
        var entry = Entry(name);
        lock (_raising)
        {
            var view = View(name);
            if (
                view is null
                    ? entry.Raised is null
                    : entry.Raised is { } raised && NodeViews.Same(raised.View, view) && raised.Lost == entry.Lease.Left <= TimeSpan.Zero
            )
            {
                return;
            }

            entry.Raised = view is null ? null : (view, entry.Lease.Left <= TimeSpan.Zero);
        }

        Changed?.Invoke(name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Dispose();
        }
    }

    private void LeaseMayBeOver(string name)
    {
        // The lease may have been extended since, or the timer may be early.
        Entry(name).Watch();
        Refresh(name);
    }

    private NodeView? View(string name)
    {
        if (_source.Find(name) is not { } node)
        {
            return null;
        }

        var entry = Entry(name);
        var report = entry.Report;
        return NodeViews.Of(node, report, Labels(entry, node, report.Facts?.Labels, _source.ClusterLabels(name)), entry.Lease.LostAt);
    }

    private static IReadOnlyDictionary<string, string> Labels(
        NodeEntry entry,
        AgentNode node,
        IReadOnlyDictionary<string, string>? reported,
        IReadOnlyDictionary<string, string>? cluster
    )
    {
        if (entry.Labels is { } known && known.AreOf(node, reported, cluster))
        {
            return known.Effective;
        }

        var made = new NodeLabels(node, reported, cluster, NodeViews.Labels(node, reported, cluster));
        entry.Labels = made;
        return made.Effective;
    }

    private NodeEntry Entry(string name)
    {
        if (_entries.TryGetValue(name, out var known))
        {
            return known;
        }

        var lease = new GrantedLease(_clock, _options.Duration, _options.Grace, Interlocked.Read(ref _leadSince));
        var made = new NodeEntry(_clock, lease, () => LeaseMayBeOver(name));
        var entry = _entries.GetOrAdd(name, made);
        if (entry == made)
        {
            made.Watch();
        }
        else
        {
            made.Dispose();
        }

        return entry;
    }
}
