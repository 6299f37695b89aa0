using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>Names a Secret of the run's own namespace.</summary>
public sealed record SecretReference
{
    /// <summary>Name of the Secret.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.DnsSubdomain, Sentences.DnsSubdomain)]
    public string? Name { get; init; }
}
