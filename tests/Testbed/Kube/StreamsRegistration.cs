using System.Text.Json.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Kube;

/// <summary>Makes kube-apiserver delegate <c>streams.stromboli.dev</c> to an operator, as <c>config/manager/streams.yaml</c> does.</summary>
public static class StreamsRegistration
{
    private const string ApiServices = "/apis/apiregistration.k8s.io/v1/apiservices";
    private const string Path = $"{ApiServices}/v1alpha1.streams.stromboli.dev";
    private const string Services = $"/api/v1/namespaces/{OperatorProcess.Namespace}/services";

    /// <summary>
    /// Applies the APIService of the manifests. A Service without pods leads to loopback; its port is that of the operator, because
    /// there is no one to balance between operators.
    /// </summary>
    /// <param name="http">The API as an admin.</param>
    /// <param name="port">The operator's port. A case that uses another operator registers it in its place.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task ApplyAsync(KubeHttp http, int port, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(http);
        var service = $$"""
            apiVersion: v1
            kind: Service
            metadata: {name: stromboli-streams, namespace: {{OperatorProcess.Namespace}}}
            spec: {type: ExternalName, externalName: localhost, ports: [{port: 443}]}
            """;
        await http.CreateIfMissingAsync(Services, service, cancellationToken);
        var manifest = (await File.ReadAllTextAsync(Repository.At("config", "manager", "streams.yaml"), cancellationToken))
            .Split("\n---\n")
            .Single(document => document.Contains("kind: APIService", StringComparison.Ordinal));
        await http.CreateIfMissingAsync(ApiServices, manifest, cancellationToken);
        JsonObject patch = new() { ["spec"] = new JsonObject { ["service"] = new JsonObject { ["port"] = port } } };
        await http.MergeAsync(Path, patch.ToJsonString(), cancellationToken);
    }

    /// <summary>Removes the APIService. Without an operator that answers, it would block the deletion of every namespace.</summary>
    public static Task RemoveAsync(KubeHttp http, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.DeleteAsync(Path, cancellationToken);
    }
}
