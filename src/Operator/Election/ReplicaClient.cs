using Stromboli.Kubernetes;

namespace Stromboli.Operator.Election;

/// <summary>
/// The client for what every replica does, whether it leads or not: election, certificates, its own label. The plain <see
/// cref="KubeClient"/> refuses to write unless this process leads.
/// </summary>
/// <param name="Client">The client.</param>
/// <param name="Namespace">The operator's namespace.</param>
internal sealed record ReplicaClient(KubeClient Client, string Namespace);
