using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;

namespace Stromboli.Operator.Streams.Discovery;

/// <summary>A document that is the same for everybody and for as long as the process runs.</summary>
internal sealed class Document
{
    private readonly byte[] _body;
    private readonly string _mediaType;

    public Document(JsonObject content, string mediaType = "application/json")
        : this(content.ToJsonString(), mediaType) { }

    public Document(string content, string mediaType)
    {
        _body = Encoding.UTF8.GetBytes(content);
        _mediaType = mediaType;
        Hash = Convert.ToHexString(SHA256.HashData(_body));
    }

    /// <summary>The digest of the content.</summary>
    public string Hash { get; }

    /// <summary>Answers with the document, or with 304 if the client has it.</summary>
    public async Task WriteAsync(HttpContext http)
    {
        var tag = $"\"{Hash}\"";
        http.Response.Headers.ETag = tag;
        http.Response.Headers.Vary = HeaderNames.Accept;
        if (http.Request.Headers.IfNoneMatch.Any(tags => tags?.Contains(tag, StringComparison.Ordinal) == true))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        http.Response.ContentType = _mediaType;
        http.Response.ContentLength = _body.Length;
        await http.Response.Body.WriteAsync(_body, http.RequestAborted);
    }
}
