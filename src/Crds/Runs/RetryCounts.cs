using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>How many times the run was tried again, by what counts apart. A resume after a suspend is none of them.</summary>
public sealed record RetryCounts
{
    /// <summary>Because an attempt ended for one of the reasons of spec.retries.reasons: at most spec.retries.limit.</summary>
    [Bounds(0, int.MaxValue)]
    public int? Failures { get; init; }

    /// <summary>Because its node was lost or could not run it: at most spec.retries.nodeLost.</summary>
    [Bounds(0, int.MaxValue)]
    public int? NodeLost { get; init; }
}
