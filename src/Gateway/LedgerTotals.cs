namespace Stromboli.Gateway;

/// <summary>What a run has used so far, by the gateway's own count.</summary>
internal sealed record LedgerTotals
{
    /// <summary>The tokens of all models together.</summary>
    public required TokenUsage Tokens { get; init; }

    /// <summary>The tokens of each model that answered.</summary>
    public required IReadOnlyDictionary<string, TokenUsage> ByModel { get; init; }

    /// <summary>US dollars by the operator's prices; null when a model that was used has no price.</summary>
    public required decimal? CostUSD { get; init; }

    /// <summary>Requests that were forwarded; those that the gateway refused are not among them.</summary>
    public required int Requests { get; init; }

    /// <summary>
    /// Requests whose whole usage is not known: still open, cut off, or open when the bridge was killed. The totals hold what is known of
    /// them; a budget keeps their reservations.
    /// </summary>
    public required int Unsettled { get; init; }

    /// <summary>What counts against a budget, open requests with their reservations.</summary>
    public Reservation Charged { get; init; }

    /// <summary>Time during which model requests were open, in milliseconds.</summary>
    public required long ApiDurationMs { get; init; }

    /// <summary>Why the last call that was answered failed; null when it did not, or none was.</summary>
    public required ModelFailure? LastFailure { get; init; }

    /// <summary>The model with the most output; null before one answered.</summary>
    public required string? Model { get; init; }
}
