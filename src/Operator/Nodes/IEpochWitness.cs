namespace Stromboli.Operator.Nodes;

/// <summary>Told when a bridge says that it has seen a later leader than this operator.</summary>
internal interface IEpochWitness
{
    /// <summary>
    /// Finds out whether this operator still leads, and steps down if it does not. A bridge's word alone is not enough, or a broken node
    /// could stop every operator.
    /// </summary>
    Task SuspectAsync(long seenEpoch, CancellationToken cancellationToken);
}
