using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>
/// A typed client of one API server. Every failure is an <see cref="ApiException"/>, except cancellation by the caller and a missing
/// credential (<see cref="KubeConfigException"/>: an unreadable token file, a failed plugin). Safe for use from many threads.
/// </summary>
public sealed partial class KubeClient : IDisposable
{
    private readonly Transport _transport;
    private readonly KubeClientOptions _options;
    private readonly TimeProvider _clock;

    /// <summary>Makes a client; it connects when first used.</summary>
    public KubeClient(KubeConfig config, KubeClientOptions? options = null, TimeProvider? clock = null, ILogger<KubeClient>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        _options = options ?? new();
        _clock = clock ?? TimeProvider.System;
        _transport = new Transport(config, _options, _clock, logger ?? NullLogger<KubeClient>.Instance);
    }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    /// <summary>Gets the object of that name.</summary>
    /// <exception cref="ApiException">The request failed, or there is no such object.</exception>
    public Task<T> GetAsync<T>(ResourceType<T> type, NamespacedName key, CancellationToken cancellationToken = default)
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(type);
        return SendAsync(
            new(HttpMethod.Get, ResourcePath.Item(type, key), Labels("get", type)) { Idempotent = true },
            type.Json,
            cancellationToken
        );
    }

    /// <summary>Gets the object of that name; null if there is none.</summary>
    public async Task<T?> TryGetAsync<T>(ResourceType<T> type, NamespacedName key, CancellationToken cancellationToken = default)
        where T : class, IKubernetesObject
    {
        try
        {
            return await GetAsync(type, key, cancellationToken);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// One page of a list; <c>Metadata.Continue</c> leads to the next. All pages are of one snapshot. An object that cannot be
    /// read is listed separately.
    /// </summary>
    public Task<ListPage<T>> ListPageAsync<T>(
        ResourceType<T> type,
        ListOptions? options = null,
        CancellationToken cancellationToken = default
    )
        where T : class, IKubernetesObject => ListPageAsync(type, options, keep: null, maxBytes: null, cancellationToken);

    /// <summary>As above, for lists of large objects.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="options">What is listed.</param>
    /// <param name="keep">Reduces each object to what is kept as soon as it is decoded, so that a page of whole objects is never in
    /// memory. Objects are kept whole if null.</param>
    /// <param name="maxBytes">Largest page that is read; the client's own bound if null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ApiException">The request failed, or the page is larger (<see cref="ApiException.IsTooLarge"/>).</exception>
    internal async Task<ListPage<T>> ListPageAsync<T>(
        ResourceType<T> type,
        ListOptions? options,
        Func<T, T>? keep,
        int? maxBytes,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(type);
        options ??= new();
        var path = ResourcePath.Query(
            ResourcePath.Collection(type, options.Namespace),
            ("labelSelector", options.LabelSelector),
            ("fieldSelector", options.FieldSelector),
            ("limit", options.Limit > 0 ? $"{options.Limit}" : null),
            ("continue", options.Continue)
        );
        var request = new ApiRequest(HttpMethod.Get, path, Labels("list", type)) { Idempotent = true, MaxResponseBytes = maxBytes };
        return await SendAsync(request, body => ObjectReader.ReadList(body, type, keep), cancellationToken);
    }

    /// <summary>All objects that can be read, page after page.</summary>
    public async IAsyncEnumerable<T> ListAsync<T>(
        ResourceType<T> type,
        ListOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
        where T : class, IKubernetesObject
    {
        options ??= new();
        do
        {
            var page = await ListPageAsync(type, options, cancellationToken);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            options = options with { Continue = page.Metadata.Continue };
        } while (!string.IsNullOrEmpty(options.Continue));
    }

    /// <summary>Creates an object. A review stores nothing, so the write guard lets it pass.</summary>
    public Task<T> CreateAsync<T>(
        ResourceType<T> type,
        T target,
        string? fieldManager = null,
        CancellationToken cancellationToken = default
    )
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(target);
        var path = ResourcePath.Query(CollectionFor(type, target), ("fieldManager", fieldManager ?? _options.FieldManager));
        return SendAsync(
            new(HttpMethod.Post, path, Labels("create", type)) { Body = Json(target, type.Json), Idempotent = IsReview(type) },
            type.Json,
            cancellationToken
        );
    }

    /// <summary>
    /// Replaces an object, but not its status; a conflict if <c>resourceVersion</c> is set and is no longer the stored one.
    /// </summary>
    public Task<T> ReplaceAsync<T>(
        ResourceType<T> type,
        T target,
        string? fieldManager = null,
        CancellationToken cancellationToken = default
    )
        where T : class, IKubernetesObject => PutAsync(type, target, null, fieldManager, cancellationToken);

    /// <summary>
    /// Replaces an object's status only. With its required <c>resourceVersion</c> this is a compare-and-swap of the whole object.
    /// </summary>
    /// <exception cref="ApiException">A conflict, if the object has changed since.</exception>
    public Task<T> ReplaceStatusAsync<T>(
        ResourceType<T> type,
        T target,
        string? fieldManager = null,
        CancellationToken cancellationToken = default
    )
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(target);
        return string.IsNullOrEmpty(target.Metadata.ResourceVersion)
            ? throw new ArgumentException("Without a resourceVersion this would overwrite what others stored.", nameof(target))
            : PutAsync(type, target, "status", fieldManager, cancellationToken);
    }

    /// <summary>Server-side apply; creates the object if there is none.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="target">Name, namespace and exactly the fields that this manager wants to own; no <c>managedFields</c>.</param>
    /// <param name="fieldManager">Who owns them.</param>
    /// <param name="force">Take fields that another manager owns; else such a field is a conflict.</param>
    /// <param name="subresource">Such as <c>status</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<T> ApplyAsync<T>(
        ResourceType<T> type,
        T target,
        string fieldManager,
        bool force = true,
        string? subresource = null,
        CancellationToken cancellationToken = default
    )
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentException.ThrowIfNullOrEmpty(fieldManager);
        var path = ResourcePath.Query(
            ResourcePath.Item(type, NamespacedName.Of(target), subresource),
            ("fieldManager", fieldManager),
            ("force", force ? "true" : null)
        );
        var request = new ApiRequest(HttpMethod.Patch, path, Labels("apply", type, subresource))
        {
            Body = Json(target, type.Json),
            ContentType = "application/apply-patch+yaml",
            Idempotent = true,
        };
        return SendAsync(request, type.Json, cancellationToken);
    }

    /// <summary>JSON merge patch (RFC 7396); with <c>metadata.resourceVersion</c> it is a compare-and-swap.</summary>
    public Task<T> MergePatchAsync<T>(
        ResourceType<T> type,
        NamespacedName key,
        JsonObject patch,
        string? subresource = null,
        string? fieldManager = null,
        CancellationToken cancellationToken = default
    )
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(patch);
        var path = ResourcePath.Query(ResourcePath.Item(type, key, subresource), ("fieldManager", fieldManager ?? _options.FieldManager));
        var request = new ApiRequest(HttpMethod.Patch, path, Labels("patch", type, subresource))
        {
            Body = Encoding.UTF8.GetBytes(patch.ToJsonString()),
            ContentType = "application/merge-patch+json",
        };
        return SendAsync(request, type.Json, cancellationToken);
    }

    /// <summary>Deletes an object; false if there is none. A UID or version in the preconditions that differs is a conflict.</summary>
    public async Task<bool> DeleteAsync<T>(
        ResourceType<T> type,
        NamespacedName key,
        DeleteOptions? options = null,
        CancellationToken cancellationToken = default
    )
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(type);
        var request = new ApiRequest(HttpMethod.Delete, ResourcePath.Item(type, key), Labels("delete", type))
        {
            Body = options is null ? null : Json(options, KubernetesJson.Default.DeleteOptions),
            Idempotent = true,
        };
        try
        {
            await _transport.SendAsync(request, cancellationToken);
            return true;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    /// <summary>Creates a token for a ServiceAccount.</summary>
    public Task<TokenRequest> CreateTokenAsync(
        NamespacedName serviceAccount,
        TokenRequest request,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        var path = ResourcePath.Item(ServiceAccounts, serviceAccount, "token");
        return SendAsync(
            new(HttpMethod.Post, path, Labels("create", ServiceAccounts, "token"))
            {
                Body = Json(request, KubernetesJson.Default.TokenRequest),
            },
            KubernetesJson.Default.TokenRequest,
            cancellationToken
        );
    }

    /// <summary>Gets any path of the API server that answers with JSON, such as <c>/version</c>.</summary>
    public async Task<JsonElement> GetRawAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return await SendAsync(
            new(HttpMethod.Get, path, new("get", "", "raw")) { Idempotent = true },
            KubernetesJson.Default.JsonElement,
            cancellationToken
        );
    }
}
