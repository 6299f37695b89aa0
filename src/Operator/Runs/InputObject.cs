using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Runs;

/// <summary>What the API server answered for a Secret or ConfigMap that a run names.</summary>
/// <param name="Secret">The Secret, if it is one and is there.</param>
/// <param name="ConfigMap">The ConfigMap, if it is one and is there.</param>
/// <param name="IsForbidden">Whether the operator may not read it.</param>
internal sealed record InputObject(Secret? Secret, ConfigMap? ConfigMap, bool IsForbidden = false)
{
    /// <summary>Whether it is there.</summary>
    public bool IsThere => Secret is not null || ConfigMap is not null;

    /// <summary>Tells one answer from another, and nothing of what it holds: the version of what is there.</summary>
    public string Version =>
        IsForbidden ? "forbidden" : (Secret?.Metadata ?? ConfigMap?.Metadata)?.ResourceVersion ?? (IsThere ? "there" : "");

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => nameof(InputObject);
}
