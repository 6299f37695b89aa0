using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>Names a key of a Secret or ConfigMap of the run's own namespace.</summary>
public sealed record KeyReference
{
    /// <summary>Name of the Secret or ConfigMap.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.DnsSubdomain, Sentences.DnsSubdomain)]
    public string? Name { get; init; }

    /// <summary>Key in it.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.DataKey, Sentences.DataKey)]
    public string? Key { get; init; }
}
