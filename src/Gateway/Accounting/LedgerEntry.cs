using System.Text.Json.Serialization;

namespace Stromboli.Gateway.Accounting;

/// <summary>
/// One line of a ledger's file. A request gets a line before it is forwarded (<see cref="Usage"/> is null) and further ones as its usage
/// becomes known. The last line counts.
/// </summary>
internal sealed record LedgerEntry
{
    /// <summary>The request's number, from 1.</summary>
    public required long ID { get; init; }

    /// <summary>The model: first the one asked for, then the one that answered.</summary>
    public required string Model { get; init; }

    /// <summary>The most output tokens that the request asked for, which a budget reserves; 0 if it did not say.</summary>
    public long MaxOutput { get; init; }

    /// <summary>The size of the request's body in bytes, which bounds its input tokens.</summary>
    public long InputBytes { get; init; }

    /// <summary>What is known of the answer's usage; null while nothing is.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>What other models used for the same answer; null if there were none.</summary>
    public IReadOnlyDictionary<string, TokenUsage>? OtherModels { get; init; }

    /// <summary>Whether <see cref="Usage"/> is final: the answer is complete, or there was none to pay for.</summary>
    public bool Settled { get; init; }

    /// <summary>Why the call failed; null if it did not fail or is not over.</summary>
    public ModelFailure? Failure { get; init; }

    /// <summary>The most tokens that the request could use; they count until its usage is known. 0 without a budget.</summary>
    public long ReservedTokens { get; init; }

    /// <summary>The most US dollars that the request could cost; they count until its usage is known. 0 without a budget.</summary>
    public decimal ReservedUSD { get; init; }

    /// <summary>
    /// What <see cref="Usage"/> and <see cref="OtherModels"/> cost at the prices of the time; null if one of the models has no price.
    /// </summary>
    public decimal? CostUSD { get; init; }

    /// <summary>What counts against the budget: the usage once it is final, before that at least the reservation.</summary>
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

    /// <summary>Whether the model answered or could not be reached. Only then does <see cref="Failure"/> count.</summary>
    public bool Answered { get; init; }

    /// <summary>Whether the request is over and has no further line.</summary>
    public bool Over { get; init; }

    /// <summary>For how many milliseconds in total at least one of the run's requests had been open when this line was written.</summary>
    public long OpenMs { get; init; }
}

/// <summary>A line of a ledger that describes no single request.</summary>
internal sealed record LedgerLine
{
    /// <summary>The sums so far; only in a file's first line.</summary>
    public LedgerSnapshot? Snapshot { get; init; }

    /// <summary>Why the gateway refuses requests before it records them.</summary>
    public ModelFailure? Refusal { get; init; }
}

/// <summary>The first line of a compacted ledger: the sums of all requests that were over at that time.</summary>
internal sealed record LedgerSnapshot
{
    /// <summary>How many requests are over.</summary>
    public required int Requests { get; init; }

    /// <summary>How many of them have no final usage.</summary>
    public required int Unsettled { get; init; }

    /// <summary>What counts against a budget.</summary>
    public required Reservation Charged { get; init; }

    /// <summary>The usage of each model.</summary>
    public required Dictionary<string, TokenUsage> Models { get; init; }

    /// <summary>Why the last answered call failed; null if it did not.</summary>
    public ModelFailure? LastFailure { get; init; }

    /// <summary>The number of the last request.</summary>
    public required long LastID { get; init; }

    /// <summary>For how many milliseconds in total at least one request was open.</summary>
    public required long OpenMs { get; init; }
}

/// <summary>The serializer of ledgers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(LedgerEntry))]
[JsonSerializable(typeof(LedgerLine))]
internal sealed partial class LedgerJson : JsonSerializerContext;
