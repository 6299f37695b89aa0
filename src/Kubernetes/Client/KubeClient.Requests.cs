using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

public sealed partial class KubeClient
{
    // Used only for the path of the token subresource.
    private static readonly ResourceType<PartialObject> ServiceAccounts = new(
        "",
        "v1",
        "serviceaccounts",
        "ServiceAccount",
        true,
        KubernetesJson.Default.PartialObject,
        KubernetesJson.Default.KubeListPartialObject
    );

    /// <summary>A request of leader election: without rate limit, write guard and retry, and with a timeout of its own.</summary>
    internal Task<Lease> ElectionAsync(
        HttpMethod method,
        string verb,
        NamespacedName key,
        Lease? body,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        var path =
            method == HttpMethod.Post ? ResourcePath.Collection(BuiltIn.Leases, key.Namespace) : ResourcePath.Item(BuiltIn.Leases, key);
        var request = new ApiRequest(method, path, Labels(verb, BuiltIn.Leases))
        {
            Body = body is null ? null : Json(body, BuiltIn.Leases.Json),
            ElectionTimeout = timeout,
        };
        return SendAsync(request, BuiltIn.Leases.Json, cancellationToken);
    }

    private static RequestLabels Labels<T>(string verb, ResourceType<T> type, string? subresource = null)
        where T : class, IKubernetesObject => new(verb, type.Group, type.Plural, subresource ?? "");

    // A TokenReview or SubjectAccessReview asks a question by a create.
    private static bool IsReview<T>(ResourceType<T> type)
        where T : class, IKubernetesObject => type.Group is "authentication.k8s.io" or "authorization.k8s.io";

    private static byte[] Json<T>(T value, JsonTypeInfo<T> json) => JsonSerializer.SerializeToUtf8Bytes(value, json);

    private static string CollectionFor<T>(ResourceType<T> type, T target)
        where T : class, IKubernetesObject =>
        type.Namespaced && string.IsNullOrEmpty(target.Metadata.Namespace)
            ? throw new ArgumentException($"A {type.Kind} needs a namespace, and this one has none.", nameof(target))
            : ResourcePath.Collection(type, target.Metadata.Namespace);

    private Task<T> PutAsync<T>(
        ResourceType<T> type,
        T target,
        string? subresource,
        string? fieldManager,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(target);
        var path = ResourcePath.Query(
            ResourcePath.Item(type, NamespacedName.Of(target), subresource),
            ("fieldManager", fieldManager ?? _options.FieldManager)
        );
        return SendAsync(
            new(HttpMethod.Put, path, Labels("update", type, subresource)) { Body = Json(target, type.Json) },
            type.Json,
            cancellationToken
        );
    }

    private Task<T> SendAsync<T>(ApiRequest request, JsonTypeInfo<T> json, CancellationToken cancellationToken) =>
        SendAsync(
            request,
            body => JsonSerializer.Deserialize(body, json) ?? throw new JsonException("The answer is null."),
            cancellationToken
        );

    private async Task<T> SendAsync<T>(ApiRequest request, Func<ReadOnlySpan<byte>, T> read, CancellationToken cancellationToken)
    {
        var body = await _transport.SendAsync(request, cancellationToken);
        try
        {
            return read(body.Span);
        }
        catch (JsonException e)
        {
            throw new ApiException(
                HttpStatusCode.OK,
                "Unreadable",
                $"{request.Method} {request.Path.Split('?')[0]}: the answer cannot be read: {e.Message}",
                inner: e
            );
        }
    }
}
