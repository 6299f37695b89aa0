using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Stromboli.Testbed.Git;

/// <summary>The requests to a Git server, one JSON object per line: method, unmodified target, and all headers.</summary>
internal sealed class GitRequestLog(string path) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _file = new(path, append: true) { AutoFlush = true };

    public void Write(HttpRequest request, string target)
    {
        var headers = new JsonObject(
            request.Headers.Select(header => KeyValuePair.Create<string, JsonNode?>(header.Key.ToLowerInvariant(), header.Value.ToString()))
        );
        var line = new JsonObject
        {
            ["method"] = request.Method,
            ["target"] = target,
            ["headers"] = headers,
        }.ToJsonString();
        lock (_lock)
        {
            _file.WriteLine(line);
        }
    }

    public void Dispose() => _file.Dispose();
}
