namespace Stromboli.Operator.Runs;

/// <summary>What a decision lacks: it is made again with it.</summary>
internal enum RunNeed
{
    /// <summary>Nothing: the verdict stands.</summary>
    Nothing,

    /// <summary>The run's whole spec, read live.</summary>
    Spec,

    /// <summary>The check of the run's Secrets.</summary>
    Secrets,

    /// <summary>The scheduler's answer.</summary>
    Placement,

    /// <summary>The run's session, which must be its own before it is recorded on a node.</summary>
    Session,
}
