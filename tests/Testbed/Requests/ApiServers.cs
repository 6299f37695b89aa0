using Stromboli.Testbed.Kube;

namespace Stromboli.Testbed.Requests;

/// <summary>Both API servers of the testbed: the CRD server counts AgentRuns and AgentNodes, kube-apiserver everything else.</summary>
public sealed class ApiServers(ControlPlane plane) : IDisposable
{
    /// <summary>Requests for our own group, which kube-apiserver hands on and counts too.</summary>
    private static readonly string[] Ours = ["agentruns", "agentnodes"];

    private readonly KubeHttp _crds =
        plane.CrdServer?.Connect() ?? throw new InvalidOperationException("The testbed has no CRD server to count at.");

    /// <summary>What has been counted so far, here and there.</summary>
    public async Task<ApiReading> ReadAsync(CancellationToken cancellationToken) =>
        new(
            RequestCounts.Parse(await _crds.GetTextAsync("/metrics", cancellationToken)),
            RequestCounts.Parse(await plane.Http.GetTextAsync("/metrics", cancellationToken))
        );

    /// <summary>
    /// The requests between two readings, but for watches, which last, for reviews, which store nothing, and for leases of leaders.
    /// </summary>
    public static IReadOnlyDictionary<ApiCall, int> Between(ApiReading earlier, ApiReading later)
    {
        var crds = later.Crds.Since(earlier.Crds).Where(pair => Ours.Contains(pair.Key.Resource) && pair.Key.Verb != "WATCH");
        var core = later
            .Core.Since(earlier.Core)
            .Where(pair => !Ours.Contains(pair.Key.Resource) && pair.Key.Verb != "WATCH" && !IsAside(pair.Key));
        return crds.Concat(core).ToDictionary();
    }

    /// <inheritdoc/>
    public void Dispose() => _crds.Dispose();

    // kube-controller-manager 1.20 keeps its lead in a Lease and in an Endpoints object.
    private static bool IsAside(ApiCall call) =>
        call.Resource is "leases" or "endpoints" || call.Resource.EndsWith("reviews", StringComparison.Ordinal);
}
