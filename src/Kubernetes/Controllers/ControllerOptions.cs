namespace Stromboli.Kubernetes;

/// <summary>Limits of a <see cref="Controller"/>.</summary>
public sealed record ControllerOptions
{
    /// <summary>Name in logs and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>Keys that are reconciled at the same time.</summary>
    public int Workers { get; init; } = 4;

    /// <summary>Every key of the primary informer is reconciled at least this often, spread over a tenth of it; never, if zero.</summary>
    public TimeSpan Resync { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Wait after a key's first failure; doubles each time.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest wait after a failure. A key is retried forever.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The scope of the log while a key is reconciled, for example the UID of its object; null for none. It is asked for each reconcile, so
    /// it must be quick.
    /// </summary>
    public Func<NamespacedName, object?>? ScopeOf { get; init; }
}
