namespace Stromboli.Gateway;

/// <summary>What a budget says to a request.</summary>
internal enum BudgetAnswer
{
    /// <summary>It may go out, and is on the ledger.</summary>
    Granted,

    /// <summary>It might pass the cap: it is asked again when a request that is under way is over.</summary>
    Later,

    /// <summary>Nothing is left.</summary>
    UsedUp,
}
