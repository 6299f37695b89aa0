using Stromboli.Kubernetes;

namespace Stromboli.Operator.Hosting;

/// <summary>
/// The client for the few things that every replica does, the leader or not: election, certificates, its own label. The plain
/// <see cref="KubeClient"/> refuses writes unless this process leads.
/// </summary>
/// <param name="Client">The client.</param>
/// <param name="Namespace">The operator's namespace.</param>
internal sealed record ReplicaClient(KubeClient Client, string Namespace);
