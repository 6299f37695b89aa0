using System.Text.RegularExpressions;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Streams.Requests;

/// <summary>What a request names: a subresource of one object.</summary>
/// <param name="Resource">The subresource.</param>
/// <param name="Key">The object.</param>
internal sealed partial record StreamRoute(StreamResource Resource, NamespacedName Key)
{
    private const int MaxNamespace = 63;
    private const int MaxName = 253;

    /// <summary>Parses a path; null if there is no such resource.</summary>
    public static StreamRoute? TryParse(string path) =>
        path.Split('/') is ["", "apis", StreamsApi.Group, StreamsApi.Version, "namespaces", var ns, var plural, var name, var sub]
        && ns.Length <= MaxNamespace
        && !ns.Contains('.', StringComparison.Ordinal)
        && name.Length <= MaxName
        && ObjectName().IsMatch(ns)
        && ObjectName().IsMatch(name)
        && StreamsApi.Resources.FirstOrDefault(r => r.Resource == plural && r.Subresource == sub) is { } resource
            ? new StreamRoute(resource, new NamespacedName(ns, name))
            : null;

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ObjectName();
}
