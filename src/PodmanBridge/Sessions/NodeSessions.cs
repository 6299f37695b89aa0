using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Sessions;

/// <summary>
/// The sessions of this node: their files, which outlive their runs, and the order in which attempts use them. A session that the operator
/// no longer names is removed once nothing of it runs.
/// </summary>
internal sealed partial class NodeSessions(
    string root,
    SessionVolumes volumes,
    WorkspaceUsers users,
    TimeProvider clock,
    ILogger<NodeSessions> logger
) : IAsyncDisposable
{
    // The removal of a session waits in the session's queue like an attempt.
    private static readonly AttemptKey Removal = new("", 0);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly SessionFiles _files = new(root);
    private readonly SessionQueue _queue = new();
    private readonly Dictionary<string, SessionRecord> _records = [];
    private readonly Dictionary<string, Task> _removals = [];
    private HashSet<string>? _desired;

    /// <summary>Reads what an earlier bridge left. Call this once, before attempts are adopted.</summary>
    public void Adopt()
    {
        foreach (var record in _files.All())
        {
            users.Reserve(record.UserID);
            _records[record.UID] = record;
        }
    }

    /// <summary>Adds the session if it is not known yet.</summary>
    /// <returns>The number of the session's user; null if no number is left.</returns>
    /// <exception cref="IOException">The record cannot be stored.</exception>
    public int? Open(AttemptSession session)
    {
        lock (_lock)
        {
            if (_records.TryGetValue(session.UID, out var known))
            {
                return known.UserID;
            }

            if (users.Take() is not { } user)
            {
                return null;
            }

            var record = new SessionRecord
            {
                UID = session.UID,
                UserID = user,
                Lost = session.Begun,
            };
            _files.Write(record);
            _records[session.UID] = record;
            return user;
        }
    }

    /// <summary>Notes that an agent of the session has started.</summary>
    /// <param name="uid">The session.</param>
    /// <param name="conversation">The conversation that the agent begins or continues; null if the session's stays as it is.</param>
    /// <param name="commit">The commit that was cloned for the agent; null if none was.</param>
    /// <exception cref="IOException">The record cannot be stored.</exception>
    public void Begun(string uid, string? conversation, string? commit)
    {
        lock (_lock)
        {
            if (_records.TryGetValue(uid, out var record) && record.AfterStart(conversation, commit) is var next && next != record)
            {
                _records[uid] = next;
                _files.Write(next);
            }
        }
    }

    /// <summary>What the node keeps of a session; null if it has nothing of it.</summary>
    public SessionRecord? Find(string uid)
    {
        lock (_lock)
        {
            return _records.GetValueOrDefault(uid);
        }
    }

    /// <summary>
    /// What remains to be done of an attempt's spec. In a session that has begun, nothing is cloned and the creation hooks do not run.
    /// </summary>
    public AttemptSpec Left(AttemptSpec spec)
    {
        lock (_lock)
        {
            return spec.Session is { } session && _records.GetValueOrDefault(session.UID) is { Begun: true }
                ? spec with
                {
                    Git = null,
                    Hooks = [.. spec.Hooks.Where(hook => hook.Name.StartsWith("postStart", StringComparison.Ordinal))],
                }
                : spec;
        }
    }

    /// <inheritdoc cref="SessionQueue.EnterAsync"/>
    public Task EnterAsync(string uid, AttemptKey key, CancellationToken cancellationToken) =>
        _queue.EnterAsync(uid, key, cancellationToken);

    /// <inheritdoc cref="SessionQueue.Reserve"/>
    public void Reserve(string uid, AttemptKey key) => _queue.Reserve(uid, key);

    /// <inheritdoc cref="SessionQueue.Leave"/>
    public void Leave(string uid, AttemptKey key) => _queue.Leave(uid, key);

    /// <summary>Creates HOME and workspace for the first run. For a later run they must exist.</summary>
    /// <exception cref="RunRefusedException">HOME or workspace is gone.</exception>
    public async Task MakeVolumesAsync(
        AttemptSession session,
        string @namespace,
        IReadOnlyList<SpecVolume> desired,
        int owner,
        CancellationToken cancellationToken
    )
    {
        SessionRecord? record;
        lock (_lock)
        {
            record = _records.GetValueOrDefault(session.UID);
        }

        var loss = record switch
        {
            null => "it was removed from its node",
            { Lost: true } => "its node no longer knows it",
            { Begun: true } when await volumes.MissingAsync(desired, cancellationToken) is { } missing =>
                $"its node has no volume {missing} any more",
            _ => null,
        };
        if (loss is not null)
        {
            throw new RunRefusedException(
                RunReason.SessionLost,
                $"What the session {session.Name} had is lost: {loss}. Delete the AgentSession and make a new one."
            );
        }

        await volumes.MakeAsync(session, @namespace, desired, owner, cancellationToken);
    }

    /// <summary>Applies the sessions that the operator has on record for this node. Everything of other sessions is removed.</summary>
    public void Keep(IReadOnlyList<string> desired)
    {
        string[] others;
        lock (_lock)
        {
            _desired = [.. desired];
            others = [.. _records.Keys.Where(uid => !_desired.Contains(uid))];
        }

        foreach (var uid in others)
        {
            Remove(uid);
        }
    }

    /// <summary>The session was deleted. It is removed as soon as nothing of it runs.</summary>
    public void Remove(string uid)
    {
        lock (_lock)
        {
            _desired?.Remove(uid);
            if (_records.Remove(uid, out var record))
            {
                _removals[uid] = RemoveAsync(record);
            }
        }
    }

    /// <summary>
    /// Whether a volume belongs to a session that neither bridge nor operator knows: the bridge lost its state, and the session was deleted
    /// after that.
    /// </summary>
    public bool IsLeftover(VolumeInspection volume)
    {
        if (SessionVolumes.SessionOf(volume) is not { } uid)
        {
            return false;
        }

        lock (_lock)
        {
            return _desired is not null && !_desired.Contains(uid) && !_records.ContainsKey(uid) && !_removals.ContainsKey(uid);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task[] removals;
        lock (_lock)
        {
            removals = [.. _removals.Values];
        }

        await Task.WhenAll(removals).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RemoveAsync(SessionRecord record)
    {
        // Runs outside the lock, which the caller holds.
        await Task.Yield();
        await _queue.EnterAsync(record.UID, Removal, _stopping.Token);
        if (!await Retry.Patient.RunAsync(Removing, e => Log.NotRemoved(logger, record.UID, e.Message), clock, _stopping.Token))
        {
            return;
        }

        lock (_lock)
        {
            _removals.Remove(record.UID);
        }

        users.Release(record.UserID);
        _queue.Leave(record.UID, Removal);
        Log.Removed(logger, record.UID);

        async Task Removing()
        {
            await volumes.RemoveAsync(record.UID, _stopping.Token);
            _files.Delete(record.UID);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Removed session {Session}, which the operator no longer wants")]
        public static partial void Removed(ILogger logger, string session);

        [LoggerMessage(LogLevel.Warning, "Session {Session} could not be removed, retrying: {Error}")]
        public static partial void NotRemoved(ILogger logger, string session, string error);
    }
}
