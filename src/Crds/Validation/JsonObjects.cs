using System.Runtime.InteropServices;
using System.Text.Json;
using Stromboli.Crds.Runs;

namespace Stromboli.Crds.Validation;

/// <summary>Checks whether text is JSON of the form that a field requires.</summary>
public static class JsonObjects
{
    /// <summary>Whether the text is one JSON object, nested at most 64 levels deep.</summary>
    internal static bool IsObject(string text)
    {
        using var document = Parse(text);
        return document?.RootElement.ValueKind == JsonValueKind.Object;
    }

    /// <summary>Whether the text is a JSON object whose member of that name is an object.</summary>
    internal static bool HasObject(string text, string member)
    {
        using var document = Parse(text);
        return document?.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty(member, out var value)
            && value.ValueKind == JsonValueKind.Object;
    }

    /// <summary>
    /// Whether the text is a prompt of the format <see cref="ClaudeChoices.StreamJson"/>: every line that is not empty is a user message,
    /// and there is at least one. The CLI also accepts other kinds of lines, which change its options while it runs; those options have
    /// fields of their own.
    /// </summary>
    public static bool IsUserMessages(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var lines = prompt.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length > 0 && lines.All(IsUserMessage);
    }

    private static bool IsUserMessage(string line)
    {
        using var document = Parse(line);
        return document?.RootElement is { ValueKind: JsonValueKind.Object } root
            && Is(root, "type", "user"u8)
            && root.TryGetProperty("message", out var message)
            && message.ValueKind == JsonValueKind.Object
            && Is(message, "role", "user"u8)
            && message.TryGetProperty("content", out var content)
            && content.ValueKind is JsonValueKind.String or JsonValueKind.Array;
    }

    // Compares the raw text: an escaped half of a surrogate pair cannot be decoded, and no valid message has escapes here.
    private static bool Is(JsonElement element, string member, ReadOnlySpan<byte> value) =>
        element.TryGetProperty(member, out var text)
        && text.ValueKind == JsonValueKind.String
        && JsonMarshal.GetRawUtf8Value(text)[1..^1].SequenceEqual(value);

    // Parsers choose differently between duplicate members, so the CLI could read another value than the one that was validated.
    private static JsonDocument? Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        // The last two are thrown for half of a surrogate pair: as a character, or as an escape in the name of a member.
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
