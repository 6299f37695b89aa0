using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>
/// Writes text as the base64 of its UTF-8. That makes it a third larger, whatever it contains. As a JSON string it could be six times as
/// large, and a message has a size limit.
/// </summary>
internal sealed class Base64TextConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetBytesFromBase64(out var bytes))
        {
            throw new JsonException("The text is not base64.");
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteBase64StringValue(Encoding.UTF8.GetBytes(value));
    }
}
