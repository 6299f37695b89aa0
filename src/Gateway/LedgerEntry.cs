using System.Text.Json.Serialization;

namespace Stromboli.Gateway;

/// <summary>
/// One line of a ledger's file. A request has one line when it is about to be forwarded (<see cref="Usage"/> is null) and one or more as
/// its usage becomes known; the last one counts.
/// </summary>
internal sealed record LedgerEntry
{
    /// <summary>The request, from 1.</summary>
    public required long ID { get; init; }

    /// <summary>The model: the one asked for, then the one that answered.</summary>
    public required string Model { get; init; }

    /// <summary>The most output tokens that the request asked for, which is what a budget has to reserve; 0 when it did not say.</summary>
    public long MaxOutput { get; init; }

    /// <summary>The size of the request's body in bytes, from which a budget bounds the input tokens.</summary>
    public long InputBytes { get; init; }

    /// <summary>What the answer used, as far as it is known; null before anything is.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>What other models used for the same answer; null when none did.</summary>
    public IReadOnlyDictionary<string, TokenUsage>? OtherModels { get; init; }

    /// <summary>Whether <see cref="Usage"/> is the whole of it: the answer came to its end, or there was none to pay for.</summary>
    public bool Settled { get; init; }

    /// <summary>Why the call failed; null when it did not, or is not over.</summary>
    public ModelFailure? Failure { get; init; }

    /// <summary>The most tokens that the request could use, which count until its usage is known; 0 without a budget.</summary>
    public long ReservedTokens { get; init; }

    /// <summary>The most US dollars likewise.</summary>
    public decimal ReservedUSD { get; init; }

    /// <summary>
    /// What <see cref="Usage"/> and <see cref="OtherModels"/> cost by the prices of its time; null when one of them has no price.
    /// </summary>
    public decimal? CostUSD { get; init; }

    /// <summary>What counts against the budget: the usage once all of it is known, before that no less than the reservation.</summary>
    [JsonIgnore]
    public Reservation Charge
    {
        get
        {
            var used = (Usage?.Total ?? 0) + (OtherModels?.Values.Sum(usage => usage.Total) ?? 0);
            return Settled && Usage is not null
                ? new(used, CostUSD ?? ReservedUSD)
                : new(Math.Max(used, ReservedTokens), Math.Max(CostUSD ?? 0, ReservedUSD));
        }
    }

    /// <summary>Whether the model, or the way to it, has had its say: only then <see cref="Failure"/> counts.</summary>
    public bool Answered { get; init; }

    /// <summary>Whether the request is over: no further line is about it.</summary>
    public bool Over { get; init; }

    /// <summary>The time during which this run's requests were open, all together, when this line was written; in milliseconds.</summary>
    public long OpenMs { get; init; }
}
