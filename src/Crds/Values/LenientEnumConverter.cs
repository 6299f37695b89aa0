using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Crds.Values;

/// <summary>
/// An enumeration by its names. A name that this version does not know, which a newer operator may have stored, reads as null instead of
/// failing the whole list of an informer.
/// </summary>
/// <typeparam name="TEnum">The enumeration.</typeparam>
public sealed class LenientEnumConverter<TEnum> : JsonConverter<TEnum?>
    where TEnum : struct, Enum
{
    /// <inheritdoc/>
    public override TEnum? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = RawText.Read(ref reader);
        // TryParse would take numbers and comma lists as well.
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
