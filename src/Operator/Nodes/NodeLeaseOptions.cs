namespace Stromboli.Operator.Nodes;

/// <summary>The times of the nodes' leases.</summary>
/// <param name="Duration">How long a lease lasts.</param>
/// <param name="Grace">How long after the end of its last lease a node counts as lost.</param>
internal sealed record NodeLeaseOptions(TimeSpan Duration, TimeSpan Grace);
