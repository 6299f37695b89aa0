using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Cli.Streams;

/// <summary>A page of a directory.</summary>
internal sealed record FileListing
{
    /// <summary>The path below the workspace.</summary>
    public string? Path { get; init; }

    /// <summary>The entries of the page.</summary>
    public List<FileEntry> Entries { get; init; } = [];

    /// <summary>The offset of the next page; absent on the last.</summary>
    public JsonElement? Continue { get; init; }
}

/// <summary>A file or directory of a workspace.</summary>
internal sealed record FileEntry
{
    /// <summary>The name, which the agent chose.</summary>
    public string? Name { get; init; }

    /// <summary><c>file</c>, <c>directory</c> or another kind.</summary>
    public string? Type { get; init; }

    /// <summary>The size of a file.</summary>
    public long? Bytes { get; init; }

    /// <summary>The permissions.</summary>
    public JsonElement? Mode { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset? Modified { get; init; }
}

/// <summary>A message of a conversation.</summary>
internal sealed record ConversationMessage
{
    /// <summary>Its place, from 0.</summary>
    public long? Index { get; init; }

    /// <summary><c>user</c> or <c>assistant</c>.</summary>
    public string? Role { get; init; }

    /// <summary>What was said.</summary>
    public string? Text { get; init; }

    /// <summary>Tools that the agent called.</summary>
    public List<JsonElement>? ToolCalls { get; init; }

    /// <summary>What the tools answered.</summary>
    public List<JsonElement>? ToolResults { get; init; }

    /// <summary>When it was said.</summary>
    public DateTimeOffset? Time { get; init; }
}

/// <summary>Source-generated JSON of the streams API.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FileListing))]
[JsonSerializable(typeof(List<ConversationMessage>))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class StreamsJson : JsonSerializerContext
{
    /// <summary>The offset of a page's <c>continue</c>, a number or its text; null on the last page.</summary>
    public static long? OffsetOf(JsonElement? element) =>
        element switch
        {
            { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var offset) => offset,
            { ValueKind: JsonValueKind.String } text
                when long.TryParse(
                    text.GetString(),
                    System.Globalization.NumberStyles.None,
                    System.Globalization.CultureInfo.InvariantCulture,
                    out var offset
                ) => offset,
            _ => null,
        };
}
