using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Sessions;

/// <summary>The run that has the session.</summary>
public sealed record SessionRun
{
    /// <summary>Name of the AgentRun.</summary>
    [TextLength(0, RunLimits.Name)]
    public string? Name { get; init; }

    /// <summary>UID of the AgentRun.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? UID { get; init; }

    /// <summary>
    /// What the run had used before it was given the session, and what is counted already: after a suspend, say. Absent for nothing.
    /// </summary>
    public RunUsage? UsageBefore { get; init; }
}
