using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>Reads objects of many authors. An object that cannot be read does not hide the others.</summary>
internal static class ObjectReader
{
    internal static JsonReaderOptions Options { get; } = new() { MaxDepth = KubernetesJson.DeepestNesting };

    /// <summary>A page of a list.</summary>
    /// <param name="body">The page.</param>
    /// <param name="type">The kind.</param>
    /// <param name="keep">Reduces an object to what is kept, before the next one is decoded. Objects are kept whole if null.</param>
    /// <exception cref="JsonException">The body is not a list.</exception>
    public static ListPage<T> ReadList<T>(ReadOnlySpan<byte> body, ResourceType<T> type, Func<T, T>? keep = null)
        where T : class, IKubernetesObject => keep is null ? ReadAtOnce(body, type) : ReadEach(body, type.Json, keep);

    /// <summary>Reads one object. If it cannot be read, the result says which one it is.</summary>
    /// <exception cref="JsonException">Not even its metadata can be read.</exception>
    public static (T? Target, UnreadableObject? Unreadable) Read<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> json)
        where T : class, IKubernetesObject
    {
        var again = reader;
        try
        {
            return (JsonSerializer.Deserialize(ref reader, json) ?? throw new JsonException("An object is null."), null);
        }
        catch (JsonException e)
        {
            var partial = JsonSerializer.Deserialize(ref again, KubernetesJson.Default.PartialObject);
            reader = again;
            return partial?.Metadata.Name is null
                ? throw new JsonException("An object has no name.", e)
                : (null, new(NamespacedName.Of(partial), partial.Metadata.Uid, e.Message));
        }
    }

    private static ListPage<T> ReadAtOnce<T>(ReadOnlySpan<byte> body, ResourceType<T> type)
        where T : class, IKubernetesObject
    {
        try
        {
            var list = JsonSerializer.Deserialize(body, type.ListJson) ?? throw new JsonException("The list is null.");
            return new(list.Metadata ?? new(), list.Items ?? [], []) { Bytes = body.Length };
        }
        catch (JsonException)
        {
            return ReadEach(body, type.Json, target => target);
        }
    }

    private static ListPage<T> ReadEach<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> json, Func<T, T> keep)
        where T : class, IKubernetesObject
    {
        List<T> items = [];
        List<UnreadableObject> unreadable = [];
        var metadata = new ListMeta();
        var reader = new Utf8JsonReader(body, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A list is not an object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isItems, isMetadata) = (reader.ValueTextEquals("items"), reader.ValueTextEquals("metadata"));
            reader.Read();
            if (isMetadata)
            {
                metadata = JsonSerializer.Deserialize(ref reader, KubernetesJson.Default.ListMeta) ?? new();
            }
            else if (isItems && reader.TokenType == JsonTokenType.StartArray)
            {
                ReadItems(ref reader, json, keep, items, unreadable);
            }
            else
            {
                reader.Skip();
            }
        }

        return new(metadata, items, unreadable) { Bytes = body.Length };
    }

    private static void ReadItems<T>(
        ref Utf8JsonReader reader,
        JsonTypeInfo<T> json,
        Func<T, T> keep,
        List<T> items,
        List<UnreadableObject> unreadable
    )
        where T : class, IKubernetesObject
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var (target, problem) = Read(ref reader, json);
            if (target is not null)
            {
                items.Add(keep(target));
            }

            if (problem is not null)
            {
                unreadable.Add(problem);
            }
        }
    }
}
