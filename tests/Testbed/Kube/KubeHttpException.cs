using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stromboli.Testbed.Kube;

/// <summary>The API server refused a request.</summary>
public sealed class KubeHttpException : Exception
{
    internal KubeHttpException(HttpStatusCode code, string body)
        : base(MessageOf(code, body)) => Code = code;

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Code { get; }

    private static string MessageOf(HttpStatusCode code, string body)
    {
        try
        {
            return $"{(int)code}: {JsonNode.Parse(body)?["message"]}";
        }
        catch (JsonException)
        {
            return $"{(int)code}: {body}";
        }
    }
}
