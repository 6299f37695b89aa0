using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Inputs;

/// <summary>A Secret or ConfigMap that runs name.</summary>
/// <param name="IsSecret">Whether it is a Secret; otherwise it is a ConfigMap.</param>
/// <param name="Key">The namespace and name.</param>
internal readonly record struct InputSource(bool IsSecret, NamespacedName Key);

/// <summary>The answer of the API server for a Secret or ConfigMap.</summary>
/// <param name="Secret">The Secret; null if there is none.</param>
/// <param name="ConfigMap">The ConfigMap; null if there is none.</param>
/// <param name="IsForbidden">Whether the operator may not read the object.</param>
internal sealed record InputObject(Secret? Secret, ConfigMap? ConfigMap, bool IsForbidden = false)
{
    /// <summary>Whether the object exists.</summary>
    public bool IsThere => Secret is not null || ConfigMap is not null;

    /// <summary>Distinguishes answers without any value: the version of the object.</summary>
    public string Version =>
        IsForbidden ? "forbidden" : (Secret?.Metadata ?? ConfigMap?.Metadata)?.ResourceVersion ?? (IsThere ? "there" : "");

    /// <summary>Shows no value.</summary>
    public override string ToString() => nameof(InputObject);
}
