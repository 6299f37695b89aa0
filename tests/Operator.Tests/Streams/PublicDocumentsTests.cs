using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Stromboli.Operator.Streams.Discovery;

namespace Stromboli.Operator.Tests.Streams;

public sealed class PublicDocumentsTests
{
    private const string Aggregated =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    private static readonly PublicDocuments Documents = new();

    [Theory]
    [InlineData("/apis", "application/json", "APIGroupList", "v1")]
    [InlineData("/apis/", "", "APIGroupList", "v1")]
    [InlineData("/apis", Aggregated, "APIGroupDiscoveryList", "apidiscovery.k8s.io/v2")]
    [InlineData(
        "/apis",
        "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
        "APIGroupDiscoveryList",
        "apidiscovery.k8s.io/v2beta1"
    )]
    [InlineData("/apis/streams.stromboli.dev", "", "APIGroup", "v1")]
    [InlineData("/apis/streams.stromboli.dev/v1alpha1", Aggregated, "APIResourceList", "v1")]
    public async Task Find_Discovery_IsInTheFormThatTheClientAsksFor(string path, string accept, string kind, string version)
    {
        var (http, body) = await GetAsync(path, accept);

        Assert.Equal((kind, version), (body!["kind"]!.ToString(), body["apiVersion"]!.ToString()));
        Assert.StartsWith("application/json", http.Response.ContentType, StringComparison.Ordinal);
        Assert.Equal(
            kind == "APIGroupDiscoveryList",
            http.Response.ContentType!.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Find_Resources_AreTheSubresourcesOnly()
    {
        var (_, list) = await GetAsync("/apis/streams.stromboli.dev/v1alpha1");
        var (_, aggregated) = await GetAsync("/apis", Aggregated);

        string[] expected = ["agentruns/diff", "agentruns/files", "agentruns/log", "agentsessions/files", "agentsessions/messages"];
        Assert.Equal(expected, list!["resources"]!.AsArray().Select(r => r!["name"]!.ToString()).Order(StringComparer.Ordinal));
        // The namespace controller deletes what has the verb delete, and there is nothing to delete.
        Assert.All(list["resources"]!.AsArray(), r => Assert.Equal("[\"get\"]", r!["verbs"]!.ToJsonString()));
        var version = aggregated!["items"]![0]!["versions"]![0]!;
        Assert.Equal(
            expected,
            version["resources"]!
                .AsArray()
                .SelectMany(r => r!["subresources"]!.AsArray().Select(s => $"{r["resource"]}/{s!["subresource"]}"))
                .Order(StringComparer.Ordinal)
        );
        Assert.All(version["resources"]!.AsArray(), r => Assert.Empty(r!["verbs"]!.AsArray()));
    }

    [Fact]
    public async Task Find_OpenApi_NamesEachPathAndLeadsFromTheIndexToTheDocument()
    {
        var (_, index) = await GetAsync("/openapi/v3");
        var url = index!["paths"]!["apis/streams.stromboli.dev/v1alpha1"]!["serverRelativeURL"]!.ToString();
        var (_, v3) = await GetAsync(url.Split('?')[0]);
        var (_, v2) = await GetAsync("/openapi/v2");

        const string Log = "/apis/streams.stromboli.dev/v1alpha1/namespaces/{namespace}/agentruns/{name}/log";
        Assert.Equal(("3.0.0", "2.0"), (v3!["openapi"]!.ToString(), v2!["swagger"]!.ToString()));
        Assert.Equal(v2["paths"]!.AsObject().Select(p => p.Key), v3["paths"]!.AsObject().Select(p => p.Key));
        Assert.Equal(
            ["namespace", "name", "follow", "tailLines", "sinceSeconds", "format", "offset", "attempt"],
            v3["paths"]![Log]!["get"]!["parameters"]!.AsArray().Select(p => p!["name"]!.ToString())
        );
        Assert.Equal(5, v2["paths"]!.AsObject().Select(p => p.Value!["get"]!["operationId"]!.ToString()).Distinct().Count());
    }

    [Fact]
    public async Task Find_DocumentThatTheClientHas_IsNotSentAgain()
    {
        var (first, _) = await GetAsync("/apis", Aggregated);
        var (again, body) = await GetAsync("/apis", Aggregated, first.Response.Headers.ETag.ToString());

        Assert.Equal((304, null), (again.Response.StatusCode, body));
        Assert.NotEqual(first.Response.Headers.ETag, (await GetAsync("/apis")).Http.Response.Headers.ETag);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api")]
    [InlineData("/metrics")]
    [InlineData("/apis/stromboli.dev")]
    [InlineData("/openapi/v3/apis/stromboli.dev/v1alpha1")]
    public void Find_OtherPaths_AreNotThere(string path) => Assert.Null(Documents.Find(path, new HeaderDictionary()));

    private static async Task<(HttpContext Http, JsonNode? Body)> GetAsync(string path, string accept = "", string? known = null)
    {
        var http = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        http.Request.Headers.Accept = accept;
        http.Request.Headers.IfNoneMatch = known;
        await Documents.Find(path, http.Request.Headers)!.WriteAsync(http);
        http.Response.Body.Position = 0;
        return (http, http.Response.Body.Length == 0 ? null : await JsonNode.ParseAsync(http.Response.Body));
    }
}
