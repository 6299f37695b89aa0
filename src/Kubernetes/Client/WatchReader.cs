using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>
/// Reads one record of a watch: <c>{"type": …, "object": …}</c>. The type of the record decides the type of the object, so no
/// serializer contract can describe it.
/// </summary>
internal static class WatchReader
{
    /// <exception cref="ApiException">The record is the server's ERROR.</exception>
    /// <exception cref="JsonException">The record is malformed.</exception>
    public static WatchEvent<T> Read<T>(ReadOnlySequence<byte> record, JsonTypeInfo<T> json)
        where T : class, IKubernetesObject
    {
        var type = FindType(record);
        var reader = new Utf8JsonReader(record, ObjectReader.Options);
        if (!MoveTo(ref reader, "object"))
        {
            throw new JsonException("A record of the watch has no object.");
        }

        if (type == "ERROR")
        {
            throw ErrorReader.FromWatch(JsonSerializer.Deserialize(ref reader, KubernetesJson.Default.Status) ?? new Status());
        }

        if (type == "BOOKMARK")
        {
            return new(
                WatchEventType.Bookmark,
                null,
                Version(JsonSerializer.Deserialize(ref reader, KubernetesJson.Default.PartialObject)?.Metadata)
            );
        }

        var metadata = reader;
        var (target, unreadable) = ObjectReader.Read(ref reader, json);
        return target is not null
            ? new(Parse(type), target, Version(target.Metadata))
            : new(Parse(type), null, Version(JsonSerializer.Deserialize(ref metadata, KubernetesJson.Default.PartialObject)?.Metadata))
            {
                Unreadable = unreadable,
            };
    }

    private static string FindType(ReadOnlySequence<byte> record)
    {
        var reader = new Utf8JsonReader(record, ObjectReader.Options);
        return MoveTo(ref reader, "type") && reader.TokenType == JsonTokenType.String ? reader.GetString()! : Malformed("has no type");
    }

    // Leaves the reader on the first token of the value of a top-level property.
    private static bool MoveTo(ref Utf8JsonReader reader, string property)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(property);
            if (!reader.Read())
            {
                return false;
            }

            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static WatchEventType Parse(string type) =>
        type switch
        {
            "ADDED" => WatchEventType.Added,
            "MODIFIED" => WatchEventType.Modified,
            "DELETED" => WatchEventType.Deleted,
            _ => throw new JsonException($"A record of the watch has the unknown type '{type}'."),
        };

    private static string Version(ObjectMeta? metadata) =>
        metadata?.ResourceVersion is { Length: > 0 } version ? version : Malformed("has no resourceVersion");

    [DoesNotReturn]
    private static string Malformed(string what) => throw new JsonException($"A record of the watch {what}.");
}
