using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Crds.Values;

/// <summary>
/// JSON text or number to <see cref="Quantity"/> (<c>cpu: 2</c> is as good as <c>cpu: "2"</c>); written as text. What is no quantity stays
/// as its text.
/// </summary>
public sealed class QuantityJsonConverter : JsonConverter<Quantity>
{
    /// <inheritdoc/>
    public override Quantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(RawText.Read(ref reader));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Quantity value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.Text);
    }
}
