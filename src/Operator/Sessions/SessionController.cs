using System.Collections.Concurrent;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Runs;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Sessions;

/// <summary>
/// Keeps the status of sessions, wakes whose turn it is, and deletes sessions that nobody uses, if they say so. Writes only what differs,
/// and for one session at most once in two seconds beside what its runs write when they take and leave it.
/// </summary>
internal sealed partial class SessionController : IDisposable
{
    /// <summary>The least time between two writes for one session, and between two looks at the places of those who wait for it.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, long> _written = new();
    private readonly KubeClient _client;
    private readonly SessionStore _sessions;
    private readonly SessionWriter _writer;
    private readonly RunStore _runs;
    private readonly RunSignals _signals;
    private readonly INodeRegistry _nodes;
    private readonly Action<string, string> _gone;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Controller _controller;

    /// <param name="client">Deletes.</param>
    /// <param name="sessions">The sessions.</param>
    /// <param name="writer">Writes.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="signals">Wakes runs.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="gone">Tells a node, by its name, the UID of a session that was deleted.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="loggers">The log.</param>
    public SessionController(
        KubeClient client,
        SessionStore sessions,
        SessionWriter writer,
        RunStore runs,
        RunSignals signals,
        INodeRegistry nodes,
        Action<string, string> gone,
        TimeProvider clock,
        ILoggerFactory loggers
    )
    {
        (_client, _sessions, _writer, _runs, _signals, _nodes, _gone, _clock) = (
            client,
            sessions,
            writer,
            runs,
            signals,
            nodes,
            gone,
            clock
        );
        _logger = loggers.CreateLogger<SessionController>();
        sessions.Informer.OnChange(Changed);
        _controller = Controller
            .For(sessions.Informer)
            .Watches(runs.Informer, run => SessionStore.KeyOf(run) is { } key ? [key] : [])
            .Build(new ControllerOptions { Name = "sessions", Workers = 4 }, ReconcileAsync, clock, loggers.CreateLogger<Controller>());
        nodes.Changed += NodeChanged;
    }

    /// <summary>Works until cancelled: while this operator leads.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _controller.RunAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _nodes.Changed -= NodeChanged;
        _controller.Dispose();
    }

    // One that comes or goes concerns every run that names it.
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
            // A finalizer of somebody else keeps the object, not what its node has of it.
            if (gone.Status?.NodeName is { } node && (change.New?.Metadata.Uid != uid || change.New.Metadata.DeletionTimestamp is not null))
            {
                _gone(node, uid);
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
        // Its run was deleted: nobody else takes the session from it.
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
        if (session.Status?.ActiveRun is null && _writer.LineOf(session) is [var first, ..])
        {
            _signals.Wake(NamespacedName.Of(first));
        }
    }

    // Those whose place is exact and another than they show.
    private void WakePlaces(AgentSession session)
    {
        var line = _writer.LineOf(session);
        for (var i = 0; i < Math.Min(line.Count, QueueOptions.ExactPositions); i++)
        {
            if (line[i].Status is { Reason: RunReason.WaitingForSession } status && status.QueuePosition != i + 1)
            {
                _signals.Wake(NamespacedName.Of(line[i]));
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
        // Only what was looked at: a run may just have taken it, or somebody asked for it to be kept.
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
        [LoggerMessage(LogLevel.Information, "{Session}: deleted, as its idle.deleteAfter says")]
        public static partial void Deleted(ILogger logger, NamespacedName session);
    }
}
