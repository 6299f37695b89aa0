namespace Stromboli.Gateway;

/// <summary>The first line of a ledger that was compacted: the sums of all requests that were over then.</summary>
internal sealed record LedgerSnapshot
{
    /// <summary>Requests that are over.</summary>
    public required int Requests { get; init; }

    /// <summary>Those of which not all usage is known.</summary>
    public required int Unsettled { get; init; }

    /// <summary>What counts against a budget.</summary>
    public required Reservation Charged { get; init; }

    /// <summary>The usage of each model.</summary>
    public required Dictionary<string, TokenUsage> Models { get; init; }

    /// <summary>Why the last call that was answered failed.</summary>
    public ModelFailure? LastFailure { get; init; }

    /// <summary>The last request's number.</summary>
    public required long LastID { get; init; }

    /// <summary>The time during which requests were open, in milliseconds.</summary>
    public required long OpenMs { get; init; }
}
