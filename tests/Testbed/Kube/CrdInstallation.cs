using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Stromboli.Testbed.Kube;

/// <summary>Installs CRDs in the CRD server and makes kube-apiserver delegate their groups to it.</summary>
internal sealed class CrdInstallation(KubeHttp core, CrdServer? server, Pki pki)
{
    private const string Crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string ServiceName = "crd-server";

    public async Task ApplyAsync(string folder, CancellationToken cancellationToken)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        using var own = server?.Connect();
        foreach (var (name, yaml) in Documents(folder))
        {
            // 1.20 serves our CRDs itself when there is no other server. A create drops unknown fields, where an apply would refuse them.
            if (own is not null)
            {
                await own.ApplyAsync($"{Crds}/{name}", yaml, cancellationToken);
            }
            else
            {
                await core.CreateIfMissingAsync(Crds, yaml, cancellationToken);
            }

            var crd = await Poll.ForAsync(
                $"{name} is established",
                TimeSpan.FromSeconds(30),
                token => EstablishedAsync(own ?? core, name, token),
                cancellationToken
            );
            paths.UnionWith(ListPaths(crd));
        }

        if (paths.Count == 0)
        {
            throw new TestbedException($"There is no CustomResourceDefinition in {folder}: run make generate.");
        }

        if (server is not null)
        {
            await RegisterAsync(paths, cancellationToken);
        }
        // For about a second after a CRD was created, its storage answers 429.
        foreach (var path in paths)
        {
            await Poll.UntilAsync(
                $"{path} can be listed",
                TimeSpan.FromSeconds(60),
                token => core.IsOkAsync(path, token),
                cancellationToken
            );
        }
    }

    private static IEnumerable<(string Name, string Yaml)> Documents(string folder)
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var file in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            foreach (var text in File.ReadAllText(file).Split("\n---"))
            {
                var stream = new YamlStream();
                stream.Load(new StringReader(text));
                if (
                    stream.Documents is [{ RootNode: YamlMappingNode root }, ..]
                    && root.Children.TryGetValue("kind", out var kind)
                    && kind.ToString() == "CustomResourceDefinition"
                )
                {
                    yield return (root["metadata"]["name"].ToString(), text);
                }
            }
        }
    }

    private static async Task<JsonNode?> EstablishedAsync(KubeHttp http, string name, CancellationToken cancellationToken)
    {
        var crd = await http.GetAsync($"{Crds}/{name}", cancellationToken);
        var conditions = crd?["status"]?["conditions"]?.AsArray() ?? [];
        return conditions.Any(condition =>
            condition!["type"]!.GetValue<string>() == "Established" && condition["status"]!.GetValue<string>() == "True"
        )
            ? crd
            : null;
    }

    private static IEnumerable<string> ListPaths(JsonNode crd)
    {
        var spec = crd["spec"]!;
        return spec["versions"]!
            .AsArray()
            .Where(version => version!["served"]!.GetValue<bool>())
            .Select(version => $"/apis/{spec["group"]}/{version!["name"]}/{spec["names"]!["plural"]}");
    }

    private async Task RegisterAsync(HashSet<string> paths, CancellationToken cancellationToken)
    {
        var service = $$"""
            apiVersion: v1
            kind: Service
            metadata: {name: {{ServiceName}}, namespace: kube-system}
            spec: {type: ExternalName, externalName: localhost, ports: [{port: {{server!.Port}}}]}
            """;
        await core.CreateIfMissingAsync("/api/v1/namespaces/kube-system/services", service, cancellationToken);
        var authority = Convert.ToBase64String(await File.ReadAllBytesAsync(pki.Authority, cancellationToken));
        foreach (var (group, version) in paths.Select(path => path.Split('/')).Select(parts => (parts[2], parts[3])).Distinct())
        {
            var registration = $$"""
                apiVersion: apiregistration.k8s.io/v1
                kind: APIService
                metadata: {name: {{version}}.{{group}}}
                spec:
                  group: {{group}}
                  version: {{version}}
                  groupPriorityMinimum: 1000
                  versionPriority: 10
                  caBundle: {{authority}}
                  service: {name: {{ServiceName}}, namespace: kube-system, port: {{server.Port}}}
                """;
            await core.CreateIfMissingAsync("/apis/apiregistration.k8s.io/v1/apiservices", registration, cancellationToken);
        }
    }
}
