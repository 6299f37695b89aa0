namespace Stromboli.Operator.Scheduling;

/// <summary>How often waiting runs get new positions and messages.</summary>
internal sealed record QueueOptions
{
    /// <summary>
    /// The shortest time between two refreshes of positions and messages. A change of reason is shown at once, unless many others were
    /// shown before.
    /// </summary>
    public TimeSpan RefreshEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Positions up to this one are kept exact. A later position is set once, when the run is queued.</summary>
    public const int ExactPositions = 10;

    /// <summary>How many namespaces the queue remembers the last turn of, also when none of their runs waits.</summary>
    public const int NamespacesRemembered = 1000;

    /// <summary>
    /// How many waiting runs get a new message between two refreshes, at most. Otherwise a node that connects or disconnects could cause a
    /// thousand writes.
    /// </summary>
    public int ChangesPerRefresh { get; init; } = 100;
}
