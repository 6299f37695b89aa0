using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Streams.Identity;

/// <summary>
/// Whose word about users counts, and in which headers it is: the content of the ConfigMap
/// <c>kube-system/extension-apiserver-authentication</c>, which the API server writes.
/// </summary>
internal sealed record RequestHeaderConfig
{
    /// <summary>The authorities of the proxies that may name users.</summary>
    public required IReadOnlyList<X509Certificate2> Authorities { get; init; }

    /// <summary>The common names that such a proxy may have; any if empty.</summary>
    public required IReadOnlyList<string> AllowedNames { get; init; }

    /// <summary>The headers that may have the user's name; the first one that is present counts.</summary>
    public required IReadOnlyList<string> UserHeaders { get; init; }

    /// <summary>The headers that may have the user's UID. A user can forge a header that the API server does not list here.</summary>
    public required IReadOnlyList<string> UidHeaders { get; init; }

    /// <summary>The headers that have the user's groups.</summary>
    public required IReadOnlyList<string> GroupHeaders { get; init; }

    /// <summary>The beginnings of headers that have further attributes.</summary>
    public required IReadOnlyList<string> ExtraPrefixes { get; init; }

    /// <summary>Reads the ConfigMap; null with a problem if it allows no proxy.</summary>
    public static (RequestHeaderConfig? Config, string? Problem) Read(ConfigMap map)
    {
        var data = map.Data ?? [];
        if (data.GetValueOrDefault("requestheader-client-ca-file") is not { Length: > 0 } pem)
        {
            return (null, "it has no requestheader-client-ca-file; the API server needs the aggregation layer");
        }

        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(pem);
            var config = new RequestHeaderConfig
            {
                Authorities = [.. authorities],
                AllowedNames = List(data, "requestheader-allowed-names"),
                UserHeaders = List(data, "requestheader-username-headers"),
                UidHeaders = List(data, "requestheader-uid-headers"),
                GroupHeaders = List(data, "requestheader-group-headers"),
                ExtraPrefixes = List(data, "requestheader-extra-headers-prefix"),
            };
            return config switch
            {
                { Authorities.Count: 0 } => (null, "its requestheader-client-ca-file has no certificate"),
                { UserHeaders.Count: 0 } => (null, "it has no requestheader-username-headers"),
                _ => (config, null),
            };
        }
        catch (Exception e) when (e is JsonException or CryptographicException)
        {
            return (null, e.Message);
        }
    }

    private static List<string> List(Dictionary<string, string> data, string key) =>
        data.GetValueOrDefault(key) is { Length: > 0 } json
            ? [.. (JsonSerializer.Deserialize(json, IdentityJson.Default.ListString) ?? []).Where(text => !string.IsNullOrEmpty(text))]
            : [];
}
