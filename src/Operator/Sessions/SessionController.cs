using System.Collections.Concurrent;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Sessions;

/// <summary>
/// Keeps the status of sessions, wakes the next run of each session, and deletes idle sessions that ask for it. Writes only a status that
/// differs, at most once in two seconds for each session. The writes with which runs take and leave a session do not count.
/// </summary>
internal sealed partial class SessionController : IDisposable
{
    /// <summary>The least time between two writes for one session, and between two checks of the positions of its runs.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, long> _written = new();
    private readonly KubeClient _client;
    private readonly SessionStore _sessions;
    private readonly SessionWriter _writer;
    private readonly RunStore _runs;
    private readonly RunSignals _signals;
    private readonly INodeRegistry _nodes;
    private readonly INodeHub _hub;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Controller _controller;

    public SessionController(
        KubeClient client,
        SessionStore sessions,
        SessionWriter writer,
        RunStore runs,
        RunSignals signals,
        INodeRegistry nodes,
        INodeHub hub,
        TimeProvider clock,
        ILoggerFactory loggers
    )
    {
        _client = client;
        _sessions = sessions;
        _writer = writer;
        _runs = runs;
        _signals = signals;
        _nodes = nodes;
        _hub = hub;
        _clock = clock;
        _logger = loggers.CreateLogger<SessionController>();
        sessions.Informer.OnChange(Changed);
        _controller = Controller
            .For(sessions.Informer)
            .Watches(runs.Informer, run => SessionStore.KeyOf(run) is { } key ? [key] : [])
            .Build(new ControllerOptions { Name = "sessions", Workers = 4 }, ReconcileAsync, clock, loggers.CreateLogger<Controller>());
        nodes.Changed += NodeChanged;
    }

    /// <summary>Works until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _controller.RunAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _nodes.Changed -= NodeChanged;
        _controller.Dispose();
    }

    // A new or deleted session concerns every run that names it.
    private void Changed(StoreChange<AgentSession> change)
    {
        if (
            change.New is { } now
            && change.Old is { } old
            && now.Metadata.DeletionTimestamp == old.Metadata.DeletionTimestamp
            && now.Metadata.Uid == old.Metadata.Uid
        )
        {
            return;
        }

        if (change.Old is { Metadata.Uid: { } uid } gone)
        {
            if (change.New?.Metadata.Uid != uid)
            {
                _written.TryRemove(uid, out _);
            }
            // A finalizer may keep the object, but not the session's data on the node.
            if (gone.Status?.NodeName is { } node && (change.New?.Metadata.Uid != uid || change.New.Metadata.DeletionTimestamp is not null))
            {
                _hub.SendSessionGone(node, uid);
            }
        }

        foreach (var run in _runs.OfSession(NamespacedName.Of(change.Object)))
        {
            _signals.Wake(NamespacedName.Of(run));
        }
    }

    private void NodeChanged(string node)
    {
        foreach (var session in _sessions.OnNode(node))
        {
            _controller.Enqueue(NamespacedName.Of(session));
        }
    }

    private async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (_sessions.Get(key) is not { Metadata: { DeletionTimestamp: null, Uid: { } uid } } session)
        {
            return ReconcileResult.Done;
        }

        WakeFirst(session);
        if (_written.TryGetValue(uid, out var last) && Interval - _clock.GetElapsedTime(last) is var wait && wait > TimeSpan.Zero)
        {
            return ReconcileResult.After(wait);
        }

        var status = session.Status ?? new();
        // The run of the session was deleted, so nothing else releases the session.
        if (status.ActiveRun is { UID: { } holder } && _runs.Find(holder) is null)
        {
            status = SessionStatuses.Left(session, null, _clock.GetUtcNow());
        }

        if (await _writer.StoreAsync(session, status, cancellationToken) is not { } stored)
        {
            return ReconcileResult.Backoff;
        }

        if (!ReferenceEquals(stored, session))
        {
            _written[uid] = _clock.GetTimestamp();
        }

        WakePlaces(stored);
        return await IdleAsync(stored, cancellationToken);
    }

    private void WakeFirst(AgentSession session)
    {
        if (session.Status?.ActiveRun is null && _writer.QueueOf(session) is [var first, ..])
        {
            _signals.Wake(NamespacedName.Of(first));
        }
    }

    // Runs with an exact position that differs from the one they show.
    private void WakePlaces(AgentSession session)
    {
        var queue = _writer.QueueOf(session);
        for (var i = 0; i < Math.Min(queue.Count, QueueOptions.ExactPositions); i++)
        {
            if (queue[i].Status is { Reason: RunReason.WaitingForSession } status && status.QueuePosition != i + 1)
            {
                _signals.Wake(NamespacedName.Of(queue[i]));
            }
        }
    }

    private async Task<ReconcileResult> IdleAsync(AgentSession session, CancellationToken cancellationToken)
    {
        if (
            session.Spec?.Idle?.DeleteAfter?.Value is not { } after
            || session.Status?.ActiveRun is not null
            || _runs.OfSession(NamespacedName.Of(session)).Count > 0
        )
        {
            return ReconcileResult.Done;
        }

        var since = session.Status?.LastActivityTime ?? session.Metadata.CreationTimestamp ?? _clock.GetUtcNow();
        if (since + after - _clock.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            return ReconcileResult.After(left + TimeSpan.FromMilliseconds(50));
        }
        // The deletion applies only to this version, because a run may just have taken the session, or its owner may want to keep it.
        var only = new DeleteOptions
        {
            Preconditions = new Preconditions { Uid = session.Metadata.Uid, ResourceVersion = session.Metadata.ResourceVersion },
        };
        try
        {
            await _client.DeleteAsync(AgentSessionResource.Type, NamespacedName.Of(session), only, cancellationToken);
        }
        catch (ApiException e) when (e.IsConflict)
        {
            return ReconcileResult.Backoff;
        }
        Log.Deleted(_logger, NamespacedName.Of(session));
        return ReconcileResult.Done;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Session}: deleted because its idle.deleteAfter is over")]
        public static partial void Deleted(ILogger logger, NamespacedName session);
    }
}
