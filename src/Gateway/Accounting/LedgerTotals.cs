namespace Stromboli.Gateway.Accounting;

/// <summary>What a run has used so far, as the gateway counted it.</summary>
internal sealed record LedgerTotals
{
    /// <summary>The tokens of all models together.</summary>
    public required TokenUsage Tokens { get; init; }

    /// <summary>The tokens of each model that answered.</summary>
    public required IReadOnlyDictionary<string, TokenUsage> ByModel { get; init; }

    /// <summary>US dollars at the operator's prices; null if a model that was used has no price.</summary>
    public required decimal? CostUSD { get; init; }

    /// <summary>How many requests were forwarded. Requests that the gateway refused do not count.</summary>
    public required int Requests { get; init; }

    /// <summary>
    /// How many requests have no final usage because they are open, were cut off, or were open when a bridge was killed. The totals contain
    /// what is known of them; a budget keeps their reservations.
    /// </summary>
    public required int Unsettled { get; init; }

    /// <summary>What counts against a budget, including the reservations of open requests.</summary>
    public Reservation Charged { get; init; }

    /// <summary>For how many milliseconds in total at least one request was open.</summary>
    public required long ApiDurationMs { get; init; }

    /// <summary>Why the last answered call failed; null if it did not fail or there was none.</summary>
    public required ModelFailure? LastFailure { get; init; }

    /// <summary>The model with the most output; null until one has answered.</summary>
    public required string? Model { get; init; }
}
