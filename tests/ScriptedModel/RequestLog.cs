using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.ScriptedModel;

/// <summary>One request as it is logged.</summary>
internal sealed record RequestRecord
{
    public required DateTimeOffset Time { get; init; }

    public required string Method { get; init; }

    public required string Target { get; init; }

    /// <summary>The headers that carried a credential, with their values.</summary>
    public required IReadOnlyDictionary<string, string> Credentials { get; init; }

    /// <summary>The names of all headers that arrived.</summary>
    public required IReadOnlyList<string> Headers { get; init; }

    public string? Model { get; init; }

    /// <summary>Lower-case hex of the last prompt's UTF-8.</summary>
    public string? PromptSha256 { get; init; }

    public bool Stream { get; init; }

    public string? Beta { get; init; }

    public string? Effort { get; init; }

    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>The end of the system prompt, at most <see cref="SystemBlocks.Tail"/> characters.</summary>
    public string? System { get; init; }

    /// <summary>The cache times that the system prompt's blocks ask for, without duplicates; the API's default is <c>5m</c>.</summary>
    public IReadOnlyList<string> CacheTtls { get; init; } = [];

    /// <summary>The input schema of the tool <c>StructuredOutput</c>.</summary>
    public string? Schema { get; init; }

    public required int Status { get; init; }
}

/// <summary>Appends a JSON line for each request as soon as its status is decided.</summary>
internal sealed class RequestLog(string path) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly Lock _lock = new();
    private readonly StreamWriter _writer = new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
    {
        AutoFlush = true,
    };

    public void Add(RequestRecord record)
    {
        var line = JsonSerializer.Serialize(record, Json);
        lock (_lock)
        {
            _writer.WriteLine(line);
        }
    }

    public void Dispose() => _writer.Dispose();
}
