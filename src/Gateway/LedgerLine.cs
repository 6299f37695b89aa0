namespace Stromboli.Gateway;

/// <summary>A line of a ledger that is about no request of its own.</summary>
internal sealed record LedgerLine
{
    /// <summary>The sums so far; only in the first line of a file.</summary>
    public LedgerSnapshot? Snapshot { get; init; }

    /// <summary>Why requests are refused here, before they are on the ledger.</summary>
    public ModelFailure? Refusal { get; init; }
}
