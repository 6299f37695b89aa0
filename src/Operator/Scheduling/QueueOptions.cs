namespace Stromboli.Operator.Scheduling;

/// <summary>How often what waiting runs say of themselves is brought up to date.</summary>
internal sealed record QueueOptions
{
    /// <summary>
    /// The shortest time between two refreshes of positions and messages; a change of reason is shown at once, unless that of many others
    /// was.
    /// </summary>
    public TimeSpan RefreshEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Up to which position the position is kept exact; beyond it is set once, when queued.</summary>
    public const int ExactPositions = 10;

    /// <summary>Of how many namespaces it is remembered when they last had their turn, also when nothing of theirs waits.</summary>
    public const int NamespacesRemembered = 1000;

    /// <summary>
    /// How many waiting runs are told something else at most between two refreshes, so that a thousand do not all write because a node came
    /// or went.
    /// </summary>
    public int ChangesPerRefresh { get; init; } = 100;
}
