namespace Stromboli.Kubernetes;

/// <summary>How leaders are elected; the defaults are client-go's.</summary>
public sealed record LeaderElectionOptions
{
    /// <summary>Namespace and name of the Lease.</summary>
    public required NamespacedName Lease { get; init; }

    /// <summary>Identity of this process. Unique per process, not per host: a restarted process has another one.</summary>
    public string Identity { get; init; } = $"{Environment.MachineName}_{Guid.NewGuid():N}";

    /// <summary>Annotations that a leader puts on the Lease, so that others can find it.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Others wait this long after the last renewal they saw. Whole seconds, longer than <see cref="RenewDeadline"/>.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A leader that could not renew for this long stops leading.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between tries to acquire or renew.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}
