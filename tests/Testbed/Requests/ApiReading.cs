namespace Stromboli.Testbed.Requests;

/// <summary>What both API servers had counted at a moment.</summary>
/// <param name="Crds">The CRD server.</param>
/// <param name="Core">kube-apiserver.</param>
public sealed record ApiReading(RequestCounts Crds, RequestCounts Core);
