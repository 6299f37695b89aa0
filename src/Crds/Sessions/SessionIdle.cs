using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Sessions;

/// <summary>What becomes of a session that is not used.</summary>
public sealed record SessionIdle
{
    /// <summary>
    /// Time without a run, under way or waiting, after which the AgentSession itself is deleted, and with it HOME and workspace on its
    /// node. Never when absent: Argo CD and Flux would make it anew, empty.
    /// </summary>
    [DurationBounds(RunLimits.MinTimeout, RunLimits.MaxTtl)]
    public GoDuration? DeleteAfter { get; init; }
}
