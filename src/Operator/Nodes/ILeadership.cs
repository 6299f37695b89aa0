namespace Stromboli.Operator.Nodes;

/// <summary>Whether this operator leads, and since which change of leaders.</summary>
internal interface ILeadership
{
    /// <summary>True only while the lease is certain by time alone; asked right before acting.</summary>
    bool IsLeader { get; }

    /// <summary>The Lease's <c>leaseTransitions</c>.</summary>
    long Epoch { get; }

    /// <summary>
    /// Completes once this process leads and what the informers hold was listed after that. A process that loses the lead ends, so this
    /// happens once.
    /// </summary>
    Task WaitAsync(CancellationToken cancellationToken);
}
