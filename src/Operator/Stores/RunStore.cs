using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Stores;

/// <summary>The runs in the informer, with indexes.</summary>
internal sealed class RunStore : IAllocationRecords
{
    private const string ByUID = "uid";
    private const string ByNode = "node";
    private const string ByLiveNode = "live-node";
    private const string ByState = "state";
    private const string UnderWay = "under-way";
    private const string BySession = "session";

    private readonly RunDefaults _defaults;
    private readonly SessionStore _sessions;

    // The version that our last write made, by UID.
    private readonly ConcurrentDictionary<string, string> _ours = new();

    // The scheduler asks for all allocations with every new run, and an object never changes.
    private readonly ConditionalWeakTable<AgentRun, Allocation> _allocations = [];

    public RunStore(Informer<AgentRun> informer, SessionStore sessions, RunDefaults defaults)
    {
        _sessions = sessions;
        Informer = informer;
        _defaults = defaults;
        informer.Store.AddIndex(ByUID, run => [run.UID()]);
        informer.Store.AddIndex(ByNode, run => run.LastAttempt()?.Node is { } node ? [node] : []);
        informer.Store.AddIndex(ByLiveNode, run => run.LiveAttempt()?.Node is { } node ? [node] : []);
        informer.Store.AddIndex(ByState, run => run.LiveAttempt() is not null ? [UnderWay] : []);
        informer.Store.AddIndex(BySession, run => !run.IsFinished() && SessionStore.KeyOf(run) is { } key ? [key.ToString()] : []);
    }

    /// <summary>The informer.</summary>
    public Informer<AgentRun> Informer { get; }

    /// <summary>The run of that name, or null. Like all runs returned here, it includes what comes from its session.</summary>
    public AgentRun? Get(NamespacedName key) => Informer.Store.Get(key) is { } run ? Complete(run) : null;

    /// <summary>The run of that UID, or null.</summary>
    public AgentRun? Find(string uid) => Informer.Store.ByIndex(ByUID, uid) is [var run, ..] ? Complete(run) : null;

    /// <summary>The runs whose last attempt is or was on the node.</summary>
    public IReadOnlyList<AgentRun> OnNode(string node) => [.. Informer.Store.ByIndex(ByNode, node).Select(Complete)];

    /// <summary>The runs with a live attempt on the node.</summary>
    public IReadOnlyList<AgentRun> LiveOnNode(string node) => [.. Informer.Store.ByIndex(ByLiveNode, node).Select(Complete)];

    /// <summary>The unfinished runs of a session, without what comes from it.</summary>
    public IReadOnlyList<AgentRun> OfSession(NamespacedName session) => Informer.Store.ByIndex(BySession, session.ToString());

    /// <summary>Returns the run with what comes from its session.</summary>
    public AgentRun Complete(AgentRun run) => _sessions.Complete(run);

    /// <summary>What the live attempts on the node hold, by their records.</summary>
    public IEnumerable<Allocation> AllocationsOn(string node) =>
        LiveOnNode(node).Select(run => RunAllocations.Of(run, _defaults)).OfType<Allocation>();

    /// <inheritdoc/>
    public IEnumerable<Allocation> Allocations() => Informer.Store.ByIndex(ByState, UnderWay).Select(AllocationOf).OfType<Allocation>();

    /// <summary>Takes the API server's answer to our own write before the informer receives it.</summary>
    public void Observe(AgentRun answer)
    {
        _ours[answer.UID()] = answer.Metadata.ResourceVersion ?? "";
        Informer.Store.Observe(answer);
    }

    /// <summary>Whether the controller must reconcile after a change. The echo of our own write needs no reconcile.</summary>
    public bool IsNews(StoreChange<AgentRun> change)
    {
        if (change.New is not { } run)
        {
            _ours.TryRemove(change.Object.UID(), out _);
            return false;
        }
        return change.IsSpecChange || !(_ours.TryGetValue(run.UID(), out var version) && version == run.Metadata.ResourceVersion);
    }

    // The session may come later than the run, so an allocation that depends on a session is not cached.
    private Allocation? AllocationOf(AgentRun run)
    {
        if (SessionStore.KeyOf(run) is not null)
        {
            return RunAllocations.Of(Complete(run), _defaults);
        }

        if (!_allocations.TryGetValue(run, out var known) && (known = RunAllocations.Of(run, _defaults)) is not null)
        {
            _allocations.AddOrUpdate(run, known);
        }

        return known;
    }

    /// <summary>Removes what the operator does not need in memory. The whole object is read when it is needed.</summary>
    public static AgentRun Trim(AgentRun run)
    {
        if (!run.IsFinished())
        {
            return run with { Metadata = AbridgedSpecs.Metadata(run.Metadata), Spec = AbridgedSpecs.Of(run.Spec) };
        }

        return run with
        {
            Metadata = AbridgedSpecs.Metadata(run.Metadata),
            Spec = run.Spec is { } spec
                ? new AgentRunSpec
                {
                    Cancel = spec.Cancel,
                    TtlAfterFinished = spec.TtlAfterFinished,
                    DeleteAfterFinished = spec.DeleteAfterFinished,
                    Retries = spec.Retries,
                    SessionRef = spec.SessionRef,
                    Webhooks = spec.Webhooks,
                }
                : null,
            Status = run.Status! with { Result = null, Usage = null },
        };
    }
}
