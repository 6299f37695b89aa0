using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Kube;

/// <summary>
/// The Kubernetes API as plain JSON over HTTP: for set-up, and for tests that check the bytes instead of using our own client.
/// </summary>
public sealed class KubeHttp : IDisposable
{
    private readonly HttpClient _client;

    /// <summary>Talks to <paramref name="address"/>, whose certificate must be signed by the authority in the file.</summary>
    public KubeHttp(Uri address, string authorityFile, string? token)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromSeconds(30) };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(authorityFile) },
        };
        _client = new HttpClient(new RepeatTornReads(handler)) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        if (token is not null)
        {
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>GET; null when there is no such object.</summary>
    /// <exception cref="KubeHttpException">The request failed.</exception>
    public async Task<JsonNode?> GetAsync(string path, CancellationToken cancellationToken = default)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(answer, cancellationToken);
    }

    /// <summary>GET of text that is not JSON, such as <c>/metrics</c>.</summary>
    /// <exception cref="KubeHttpException">The request failed.</exception>
    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken = default)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode ? body : throw new KubeHttpException(answer.StatusCode, body);
    }

    /// <summary>POST of a JSON or YAML document.</summary>
    /// <exception cref="KubeHttpException">The request failed.</exception>
    public Task<JsonNode> CreateAsync(string path, string document, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, path, document, "application/yaml", cancellationToken);

    /// <summary>POST of a JSON document, byte for byte: YAML has neither surrogate pairs nor all of Unicode.</summary>
    /// <exception cref="KubeHttpException">The request failed.</exception>
    public Task<JsonNode> CreateAsync(string path, JsonNode document, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, path, document.ToJsonString(), "application/json", cancellationToken);

    /// <summary>POST of a JSON or YAML document; an object that exists already stays as it is.</summary>
    /// <exception cref="KubeHttpException">The request failed with anything but a conflict.</exception>
    public async Task CreateIfMissingAsync(string path, string document, CancellationToken cancellationToken = default)
    {
        try
        {
            await CreateAsync(path, document, cancellationToken);
        }
        catch (KubeHttpException e) when (e.Code == HttpStatusCode.Conflict)
        {
            // It exists.
        }
    }

    /// <summary>Server-side apply of a JSON or YAML document under the name <c>testbed</c>.</summary>
    /// <exception cref="KubeHttpException">The request failed.</exception>
    public Task<JsonNode> ApplyAsync(string path, string document, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Patch, $"{path}?fieldManager=testbed&force=true", document, "application/apply-patch+yaml", cancellationToken);

    /// <summary>JSON merge patch (RFC 7396).</summary>
    /// <exception cref="KubeHttpException">The request failed.</exception>
    public Task<JsonNode> MergeAsync(string path, string patch, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Patch, path, patch, "application/merge-patch+json", cancellationToken);

    /// <summary>DELETE; false when there is no such object.</summary>
    /// <exception cref="KubeHttpException">The request failed.</exception>
    public async Task<bool> DeleteAsync(string path, CancellationToken cancellationToken = default)
    {
        using var answer = await _client.DeleteAsync(new Uri(path, UriKind.Relative), cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        await ReadAsync(answer, cancellationToken);
        return true;
    }

    /// <summary>
    /// The records of a watch as they arrive, until the server ends it, which it does after a minute. An ERROR record is returned like any
    /// other.
    /// </summary>
    /// <param name="path">A collection.</param>
    /// <param name="resourceVersion">The version after which the records begin.</param>
    /// <exception cref="KubeHttpException">The request failed.</exception>
    /// <exception cref="IOException">The connection broke, or the server is silent although it should have ended the watch.</exception>
    public async IAsyncEnumerable<JsonNode> WatchAsync(
        string path,
        string resourceVersion,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var uri = new Uri(
            $"{path}?watch=true&allowWatchBookmarks=true&timeoutSeconds=60&resourceVersion={resourceVersion}",
            UriKind.Relative
        );
        using var answer = await _client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            await ReadAsync(answer, cancellationToken);
        }

        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await ReadLineAsync(reader, cancellationToken) is { } line)
        {
            yield return Record(line);
        }
    }

    /// <summary>Whether a GET succeeds.</summary>
    public Task<bool> IsOkAsync(string path, CancellationToken cancellationToken = default) =>
        HttpProbe.IsOkAsync(_client, new Uri(path, UriKind.Relative), cancellationToken);

    /// <summary>A token of a ServiceAccount (TokenRequest), valid for a day.</summary>
    /// <param name="audience">The token's audience; the API server itself if null.</param>
    public async Task<string> RequestTokenAsync(
        string ns,
        string account,
        string? audience = null,
        CancellationToken cancellationToken = default
    )
    {
        var spec = new JsonObject { ["expirationSeconds"] = 86400 };
        if (audience is not null)
        {
            spec["audiences"] = new JsonArray(audience);
        }

        var request = new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenRequest",
            ["spec"] = spec,
        };
        var answer = await CreateAsync(
            $"/api/v1/namespaces/{ns}/serviceaccounts/{account}/token",
            request.ToJsonString(),
            cancellationToken
        );
        return answer["status"]!["token"]!.GetValue<string>();
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(TimeSpan.FromSeconds(90));
        try
        {
            return await reader.ReadLineAsync(silence.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The watch is silent.", e);
        }
    }

    private static JsonNode Record(string line)
    {
        try
        {
            return JsonNode.Parse(line)!;
        }
        catch (JsonException e)
        {
            throw new IOException("The watch ended within a record.", e);
        }
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string body, string type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        using var answer = await _client.SendAsync(request, cancellationToken);
        return await ReadAsync(answer, cancellationToken);
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(body)! : throw new KubeHttpException(answer.StatusCode, body);
    }
}
