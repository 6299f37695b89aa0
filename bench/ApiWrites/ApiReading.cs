namespace Stromboli.Bench.ApiWrites;

/// <summary>What both API servers had counted at a moment.</summary>
/// <param name="Crds">The CRD server.</param>
/// <param name="Core">kube-apiserver.</param>
internal sealed record ApiReading(RequestCounts Crds, RequestCounts Core);
