using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Bench.OperatorThroughput;

/// <summary>Everything that was written about one run.</summary>
internal sealed class RecordedRun
{
    private readonly Lock _gate = new();
    private readonly List<AgentRunStatus> _statuses = [];
    private readonly List<Event> _events = [];

    /// <summary>Its spec.</summary>
    public AgentRunSpec? Spec { get; private set; }

    /// <summary>When a watcher saw its end stored; null before.</summary>
    public long? Ended { get; private set; }

    /// <summary>Its statuses, in order.</summary>
    public IReadOnlyList<AgentRunStatus> Statuses
    {
        get
        {
            lock (_gate)
            {
                return [.. _statuses];
            }
        }
    }

    /// <summary>The events about it, in order.</summary>
    public IReadOnlyList<Event> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Adds a state of the run.</summary>
    public void Take(AgentRun run, long now)
    {
        lock (_gate)
        {
            Spec = run.Spec;
            if (run.Status is not { ObservedGeneration: >= 0 } status)
            {
                return;
            }

            _statuses.Add(status);
            if (status.CompletionTime is not null)
            {
                Ended ??= now;
            }
        }
    }

    /// <summary>Adds an event about the run.</summary>
    public void Take(Event told)
    {
        lock (_gate)
        {
            _events.Add(told);
        }
    }
}
