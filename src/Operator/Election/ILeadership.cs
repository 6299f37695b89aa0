namespace Stromboli.Operator.Election;

/// <summary>Whether this operator leads, and its epoch.</summary>
internal interface ILeadership
{
    /// <summary>True only while the lease is certain by time alone. Check it right before you act.</summary>
    bool IsLeader { get; }

    /// <summary>The Lease's <c>leaseTransitions</c>.</summary>
    long Epoch { get; }

    /// <summary>
    /// Completes once this process leads and every informer has a list from this term. A process that stops leading exits, so this happens
    /// once.
    /// </summary>
    Task WaitAsync(CancellationToken cancellationToken);
}
