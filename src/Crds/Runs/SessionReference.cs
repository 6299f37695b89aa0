using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>Names an AgentSession of the run's own namespace.</summary>
public sealed record SessionReference
{
    /// <summary>Name of the AgentSession.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.DnsSubdomain, Sentences.DnsSubdomain)]
    public string? Name { get; init; }
}
