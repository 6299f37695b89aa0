using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>The session that the current or last attempt had, and what its node said of it.</summary>
public sealed record RunSession
{
    /// <summary>UID of the AgentSession.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? UID { get; init; }

    /// <summary>What HOME and workspace took of the node's disk when they were last measured, in bytes.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? StorageBytes { get; init; }

    /// <summary>True: its node has HOME or workspace of the session no more.</summary>
    public bool? Lost { get; init; }
}
