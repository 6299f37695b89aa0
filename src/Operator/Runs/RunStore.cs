using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Runs;

/// <summary>The runs that the informer knows, found by what is asked of them.</summary>
internal sealed class RunStore
{
    private const string ByUID = "uid";
    private const string ByNode = "node";
    private const string ByLiveNode = "live-node";
    private const string ByState = "state";
    private const string UnderWay = "under-way";
    private const string BySession = "session";

    private readonly RunDefaults _defaults;
    private readonly SessionStore _sessions;

    // The version that our last write of a run made.
    private readonly ConcurrentDictionary<string, string> _ours = new();

    // The scheduler asks for all of them with every run that comes, and an object never changes.
    private readonly ConditionalWeakTable<AgentRun, Allocation> _allocations = [];

    public RunStore(Informer<AgentRun> informer, SessionStore sessions, RunOptions options)
    {
        _sessions = sessions;
        Informer = informer;
        _defaults = options.Defaults;
        informer.Store.AddIndex(ByUID, run => [run.UID()]);
        informer.Store.AddIndex(ByNode, run => run.LastAttempt()?.Node is { } node ? [node] : []);
        informer.Store.AddIndex(ByLiveNode, run => run.LiveAttempt()?.Node is { } node ? [node] : []);
        informer.Store.AddIndex(ByState, run => run.LiveAttempt() is not null ? [UnderWay] : []);
        informer.Store.AddIndex(BySession, run => !run.IsFinished() && SessionStore.KeyOf(run) is { } key ? [key.ToString()] : []);
    }

    /// <summary>The informer.</summary>
    public Informer<AgentRun> Informer { get; }

    /// <summary>The run of that name, or null. As all that are given here, with what comes from its session.</summary>
    public AgentRun? Get(NamespacedName key) => Informer.Store.Get(key) is { } run ? Complete(run) : null;

    /// <summary>The run of that UID, or null.</summary>
    public AgentRun? Find(string uid) => Informer.Store.ByIndex(ByUID, uid) is [var run, ..] ? Complete(run) : null;

    /// <summary>The runs whose last attempt was, or is, on that node.</summary>
    public IReadOnlyList<AgentRun> OnNode(string node) => [.. Informer.Store.ByIndex(ByNode, node).Select(Complete)];

    /// <summary>The runs of which an attempt is under way on that node.</summary>
    public IReadOnlyList<AgentRun> LiveOnNode(string node) => [.. Informer.Store.ByIndex(ByLiveNode, node).Select(Complete)];

    /// <summary>The runs that name a session and are not over, without what comes from it.</summary>
    public IReadOnlyList<AgentRun> OfSession(NamespacedName session) => Informer.Store.ByIndex(BySession, session.ToString());

    /// <summary>A run as the API server has it, with what comes from its session.</summary>
    public AgentRun Complete(AgentRun run) => _sessions.Complete(run);

    /// <summary>What the attempts under way on that node hold of it, by the record.</summary>
    public IEnumerable<Allocation> AllocationsOn(string node) =>
        LiveOnNode(node).Select(run => WaitingRuns.AllocationOf(run, _defaults)).OfType<Allocation>();

    /// <summary>What the attempts under way hold of their nodes, by the record.</summary>
    public IEnumerable<Allocation> Allocations() => Informer.Store.ByIndex(ByState, UnderWay).Select(AllocationOf).OfType<Allocation>();

    /// <summary>Takes the API server's answer to our own write, before the informer does.</summary>
    public void Observe(AgentRun answer)
    {
        _ours[answer.UID()] = answer.Metadata.ResourceVersion ?? "";
        Informer.Store.Observe(answer);
    }

    /// <summary>Whether a change is one to look at: everything but the echo of our own write.</summary>
    public bool IsNews(StoreChange<AgentRun> change)
    {
        if (change.New is not { } run)
        {
            _ours.TryRemove(change.Object.UID(), out _);
            return false;
        }
        return change.IsSpecChange || !(_ours.TryGetValue(run.UID(), out var version) && version == run.Metadata.ResourceVersion);
    }

    // What comes from a session may come later than the run, so that nothing of it is remembered.
    private Allocation? AllocationOf(AgentRun run)
    {
        if (SessionStore.KeyOf(run) is not null)
        {
            return WaitingRuns.AllocationOf(Complete(run), _defaults);
        }

        if (!_allocations.TryGetValue(run, out var known) && (known = WaitingRuns.AllocationOf(run, _defaults)) is not null)
        {
            _allocations.AddOrUpdate(run, known);
        }

        return known;
    }

    /// <summary>What is kept of a run: without what nobody reads of it here. What is needed in full is read live.</summary>
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
                }
                : null,
            Status = run.Status! with { Result = null, Usage = null },
        };
    }
}
