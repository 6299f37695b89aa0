using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>What a candidate has seen of the Lease, and when by its own clock. It does not trust the clocks of others.</summary>
internal sealed class LeaseObservation(TimeProvider clock)
{
    private (string? Holder, DateTimeOffset? Renewed, string? Version) _seen;
    private long _since;

    public string? Holder => _seen.Holder;

    public void See(Lease lease)
    {
        var now = (lease.Spec.HolderIdentity, lease.Spec.RenewTime, lease.Metadata.ResourceVersion);
        if (now == _seen)
        {
            return;
        }

        _seen = now;
        _since = clock.GetTimestamp();
    }

    /// <summary>
    /// Whether the Lease may be taken: it has no holder, or it is ours by a write whose answer was lost, or no renewal was seen for
    /// its duration.
    /// </summary>
    public bool IsFree(Lease lease, string identity) =>
        string.IsNullOrEmpty(lease.Spec.HolderIdentity)
        || lease.Spec.HolderIdentity == identity
        || clock.GetElapsedTime(_since) >= TimeSpan.FromSeconds(lease.Spec.LeaseDurationSeconds ?? 0);
}
