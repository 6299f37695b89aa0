using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>Selects a Secret in the run's namespace.</summary>
public sealed record SecretReference
{
    /// <summary>name is the name of the Secret.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.DnsSubdomain, Messages.DnsSubdomain)]
    public string? Name { get; init; }
}

/// <summary>Selects a key of a Secret or ConfigMap in the run's namespace.</summary>
public sealed record KeyReference
{
    /// <summary>name is the name of the Secret or ConfigMap.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.DnsSubdomain, Messages.DnsSubdomain)]
    public string? Name { get; init; }

    /// <summary>key is the key to select.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.DataKey, Messages.DataKey)]
    public string? Key { get; init; }
}
