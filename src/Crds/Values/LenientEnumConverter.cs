using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Crds.Values;

/// <summary>
/// Reads an enumeration by its names. A name that this version does not know, which a newer operator can have stored, reads as null.
/// Otherwise, one such object would make an informer's whole list fail.
/// </summary>
/// <typeparam name="TEnum">The enumeration.</typeparam>
public sealed class LenientEnumConverter<TEnum> : JsonConverter<TEnum?>
    where TEnum : struct, Enum
{
    /// <inheritdoc/>
    public override TEnum? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = RawText.Read(ref reader);
        // TryParse alone would also accept numbers and comma-separated lists.
        return Enum.TryParse<TEnum>(text, out var value) && Enum.GetName(value) == text ? value : null;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TEnum? value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value is { } known)
        {
            writer.WriteStringValue(Enum.GetName(known) ?? throw new JsonException($"{known} has no name in {typeof(TEnum).Name}"));
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
