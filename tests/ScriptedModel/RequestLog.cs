using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.ScriptedModel;

/// <summary>One request, as the log has it.</summary>
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

    public required int Status { get; init; }
}

/// <summary>Appends a JSON line for each request, at the moment its status is decided.</summary>
internal sealed class RequestLog(string path) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly Lock _lock = new();
    private readonly StreamWriter _writer = new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };

    public void Add(RequestRecord record)
    {
        var line = JsonSerializer.Serialize(record, Json);
        lock (_lock)
            _writer.WriteLine(line);
    }

    public void Dispose() => _writer.Dispose();
}
