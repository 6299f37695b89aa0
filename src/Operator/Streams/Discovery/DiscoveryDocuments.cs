using System.Text.Json.Nodes;
using Stromboli.Operator.Streams.Requests;

namespace Stromboli.Operator.Streams.Discovery;

/// <summary>
/// Makes the discovery documents. The resources <c>agentruns</c> and <c>agentsessions</c> themselves are not listed, only what is below
/// them: otherwise kubectl could not tell which group <c>agentruns</c> means.
/// </summary>
internal static class DiscoveryDocuments
{
    private const string CoreGroup = "stromboli.dev";
    private const string AggregatedGroup = "apidiscovery.k8s.io";

    /// <summary><c>/apis</c>: the groups.</summary>
    public static JsonObject Groups() =>
        new()
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray(GroupOf()),
        };

    /// <summary><c>/apis/streams.stromboli.dev</c>: the versions of the group.</summary>
    public static JsonObject Group()
    {
        JsonObject group = new() { ["kind"] = "APIGroup", ["apiVersion"] = "v1" };
        foreach (var (name, value) in GroupOf())
        {
            group[name] = value?.DeepClone();
        }

        return group;
    }

    /// <summary><c>/apis/streams.stromboli.dev/v1alpha1</c>: the resources of the version.</summary>
    public static JsonObject Resources() =>
        new()
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = StreamsApi.GroupVersion,
            ["resources"] = new JsonArray([
                .. StreamsApi.Resources.Select(r => new JsonObject
                {
                    ["name"] = r.FullName,
                    ["singularName"] = "",
                    ["namespaced"] = true,
                    ["group"] = CoreGroup,
                    ["version"] = StreamsApi.Version,
                    ["kind"] = r.Kind,
                    ["verbs"] = Verbs(),
                }),
            ]),
        };

    /// <summary><c>/apis</c> for clients that ask for all groups with their resources at once.</summary>
    /// <param name="version"><c>v2</c> or <c>v2beta1</c>, which do not differ in content.</param>
    public static JsonObject Aggregated(string version) =>
        new()
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = $"{AggregatedGroup}/{version}",
            ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray(
                new JsonObject
                {
                    ["metadata"] = new JsonObject { ["name"] = StreamsApi.Group, ["creationTimestamp"] = null },
                    ["versions"] = new JsonArray(
                        new JsonObject
                        {
                            ["version"] = StreamsApi.Version,
                            ["freshness"] = "Current",
                            ["resources"] = new JsonArray([.. StreamsApi.Resources.GroupBy(r => r.Resource).Select(AggregatedOf)]),
                        }
                    ),
                }
            ),
        };

    /// <summary>The media type of <see cref="Aggregated"/>.</summary>
    public static string AggregatedType(string version) => $"application/json;g={AggregatedGroup};v={version};as=APIGroupDiscoveryList";

    private static JsonObject AggregatedOf(IGrouping<string, StreamResource> resource) =>
        new()
        {
            ["resource"] = resource.Key,
            // Clients of Kubernetes 1.26 fail if this is absent. Empty, it says that the resource itself cannot be used.
            ["responseKind"] = KindOf("", "", ""),
            ["scope"] = "Namespaced",
            ["singularResource"] = "",
            ["verbs"] = new JsonArray(),
            ["subresources"] = new JsonArray([
                .. resource.Select(r => new JsonObject
                {
                    ["subresource"] = r.Subresource,
                    ["responseKind"] = KindOf(CoreGroup, StreamsApi.Version, r.Kind),
                    ["verbs"] = Verbs(),
                }),
            ]),
        };

    private static JsonObject KindOf(string group, string version, string kind) =>
        new()
        {
            ["group"] = group,
            ["version"] = version,
            ["kind"] = kind,
        };

    private static JsonObject GroupOf() =>
        new()
        {
            ["name"] = StreamsApi.Group,
            ["versions"] = new JsonArray(VersionOf()),
            ["preferredVersion"] = VersionOf(),
        };

    private static JsonObject VersionOf() => new() { ["groupVersion"] = StreamsApi.GroupVersion, ["version"] = StreamsApi.Version };

    private static JsonArray Verbs() => new("get");
}
