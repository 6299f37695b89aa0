using System.Text.Json;

namespace Stromboli.Crds.Values;

/// <summary>
/// Reads whatever JSON value is next as text, so that a field of an unexpected type is something to name, not something to fail at.
/// </summary>
internal static class RawText
{
    internal static string Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString() ?? "";
        }

        using var value = JsonDocument.ParseValue(ref reader);
        return value.RootElement.GetRawText();
    }
}
