using Microsoft.Net.Http.Headers;
using Stromboli.Operator.Streams.Requests;

namespace Stromboli.Operator.Streams.Discovery;

/// <summary>
/// Serves what every replica answers to everybody, without looking anything up: discovery, OpenAPI and health. As long as the API server
/// gets these, a namespace can be deleted, so nothing may be needed for them but the process itself.
/// </summary>
internal sealed class PublicDocuments
{
    // The newest first. Clients list the versions that they read in their order of preference, which is the same.
    private static readonly string[] AggregatedVersions = ["v2", "v2beta1"];

    private readonly Dictionary<string, Document> _documents;
    private readonly List<(string Version, Document Document)> _aggregated;

    public PublicDocuments()
    {
        var v3 = new Document(OpenApiDocuments.V3());
        var healthy = new Document("ok", "text/plain; charset=utf-8");
        _documents = new()
        {
            ["/apis"] = new(DiscoveryDocuments.Groups()),
            [$"/apis/{StreamsApi.Group}"] = new(DiscoveryDocuments.Group()),
            [$"/apis/{StreamsApi.GroupVersion}"] = new(DiscoveryDocuments.Resources()),
            ["/openapi/v2"] = new(OpenApiDocuments.V2()),
            ["/openapi/v3"] = new(OpenApiDocuments.V3Index(v3.Hash)),
            [$"/openapi/v3/apis/{StreamsApi.GroupVersion}"] = v3,
            ["/healthz"] = healthy,
            ["/livez"] = healthy,
            ["/readyz"] = healthy,
        };
        _aggregated =
        [
            .. AggregatedVersions.Select(version =>
                (version, new Document(DiscoveryDocuments.Aggregated(version).ToJsonString(), DiscoveryDocuments.AggregatedType(version)))
            ),
        ];
    }

    /// <summary>The document of a path, in the form that the client asks for; null if there is none.</summary>
    public Document? Find(string path, IHeaderDictionary headers)
    {
        var trimmed = path.Length > 1 ? path.TrimEnd('/') : path;
        return trimmed == "/apis" && Aggregated(headers) is { } aggregated ? aggregated : _documents.GetValueOrDefault(trimmed);
    }

    private Document? Aggregated(IHeaderDictionary headers)
    {
        var accepted = MediaTypeHeaderValue.TryParseList(headers.GetCommaSeparatedValues(HeaderNames.Accept), out var parsed) ? parsed : [];
        return _aggregated
            .Where(one =>
                accepted.Any(type =>
                    type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                    && Has(type, "g", "apidiscovery.k8s.io")
                    && Has(type, "v", one.Version)
                    && Has(type, "as", "APIGroupDiscoveryList")
                )
            )
            .Select(one => one.Document)
            .FirstOrDefault();
    }

    private static bool Has(MediaTypeHeaderValue type, string name, string value) =>
        type.Parameters.Any(p => p.Name.Equals(name, StringComparison.Ordinal) && p.Value.Equals(value, StringComparison.Ordinal));
}
