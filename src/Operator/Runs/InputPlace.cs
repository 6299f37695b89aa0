using Stromboli.Kubernetes;

namespace Stromboli.Operator.Runs;

/// <summary>A Secret or ConfigMap that runs name.</summary>
/// <param name="IsSecret">Whether it is a Secret, and not a ConfigMap.</param>
/// <param name="Key">Its namespace and name.</param>
internal readonly record struct InputPlace(bool IsSecret, NamespacedName Key);
