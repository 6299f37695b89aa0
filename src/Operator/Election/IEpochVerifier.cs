namespace Stromboli.Operator.Election;

/// <summary>Checks the claim of a bridge that it has seen a later leader than this operator.</summary>
internal interface IEpochVerifier
{
    /// <summary>
    /// Checks whether this operator still leads, and steps down if it does not. The claim of a bridge alone is not enough: one broken node
    /// could stop every operator.
    /// </summary>
    Task VerifyAsync(long seenEpoch, CancellationToken cancellationToken);
}
