namespace Stromboli.Kubernetes;

/// <summary>What happens to a key after its reconcile.</summary>
public readonly record struct ReconcileResult
{
    private ReconcileResult(TimeSpan? requeueAfter, bool backoff)
    {
        RequeueAfter = requeueAfter;
        WithBackoff = backoff;
    }

    /// <summary>Reconcile again after this time, if nothing happens before.</summary>
    public TimeSpan? RequeueAfter { get; }

    /// <summary>Reconcile again after the key's growing backoff, as after an exception, but without an error in the log.</summary>
    public bool WithBackoff { get; }

    /// <summary>Nothing to do until something changes (or the resync).</summary>
    public static ReconcileResult Done => default;

    /// <summary>Reconcile again after this time.</summary>
    public static ReconcileResult After(TimeSpan delay) => new(delay, false);

    /// <summary>Reconcile again after the key's growing backoff.</summary>
    public static ReconcileResult Backoff => new(null, true);
}
