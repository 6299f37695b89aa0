using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

public sealed partial class KubeClient
{
    /// <summary>
    /// Creates whatever the JSON describes, with <c>POST</c> to a path of the API server. For objects whose fields must reach the server as
    /// a person wrote them, also those that no type here has.
    /// </summary>
    /// <exception cref="ApiException">The request failed.</exception>
    public Task<JsonElement> CreateRawAsync(string path, JsonObject body, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(body);
        var request = new ApiRequest(HttpMethod.Post, path, new("create", "", "raw"))
        {
            Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
        };
        return SendAsync(request, KubernetesJson.Default.JsonElement, cancellationToken);
    }

    /// <summary>
    /// Opens a path of the API server whose answer is read as it comes, such as a log that is followed. The answer has no time limit. The
    /// request is not retried.
    /// </summary>
    /// <exception cref="ApiException">The server refused, or no answer came in time.</exception>
    public async Task<RawAnswer> OpenRawAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var request = new ApiRequest(HttpMethod.Get, path, new("get", "", "stream")) { Accept = "*/*" };
        var (response, retired) = await _transport.OpenAsync(request, cancellationToken);
        try
        {
            return new RawAnswer(response, await response.Content.ReadAsStreamAsync(cancellationToken), retired);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
