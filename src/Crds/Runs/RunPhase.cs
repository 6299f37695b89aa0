namespace Stromboli.Crds.Runs;

/// <summary>Where a run is. Derived from the conditions, for people; programs read the conditions.</summary>
public enum RunPhase
{
    /// <summary>Not accepted yet, or something that it needs is not there.</summary>
    Pending,

    /// <summary>Accepted; nodes that match are busy.</summary>
    Queued,

    /// <summary>On a node, the agent not started yet: the image is pulled, the container made.</summary>
    Preparing,

    /// <summary>The agent runs.</summary>
    Running,

    /// <summary>Ended well.</summary>
    Succeeded,

    /// <summary>Ended otherwise; the reason says why.</summary>
    Failed,

    /// <summary>Ended because that was asked for.</summary>
    Cancelled,
}
