using System.Text.Json;

namespace Stromboli.Crds.Values;

/// <summary>
/// Reads any JSON value as text. Validation can then report a field of an unexpected type, which the deserializer would fail at.
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
