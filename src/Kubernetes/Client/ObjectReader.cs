using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>Reads objects of many authors: one of them that cannot be read hides no other.</summary>
internal static class ObjectReader
{
    internal static JsonReaderOptions Options { get; } = new() { MaxDepth = KubernetesJson.DeepestNesting };

    /// <summary>A page of a list.</summary>
    /// <param name="body">The page.</param>
    /// <param name="type">The kind.</param>
    /// <param name="keep">Makes what is kept of an object, once it is decoded and before the next is; all of it if null.</param>
    /// <exception cref="JsonException">It is not one.</exception>
    public static KubeList<T> ReadList<T>(ReadOnlySpan<byte> body, ResourceType<T> type, Func<T, T>? keep = null)
        where T : class, IKubernetesObject
    {
        var page = keep is null ? ReadAtOnce(body, type) : ReadEach(body, type.Json, keep);
        page.Bytes = body.Length;
        return page;
    }

    /// <summary>One object. If it cannot be read, null and which one it is.</summary>
    /// <exception cref="JsonException">Not even that can be read.</exception>
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

    private static KubeList<T> ReadAtOnce<T>(ReadOnlySpan<byte> body, ResourceType<T> type)
        where T : class, IKubernetesObject
    {
        try
        {
            return JsonSerializer.Deserialize(body, type.ListJson) ?? throw new JsonException("The list is null.");
        }
        catch (JsonException)
        {
            return ReadEach(body, type.Json, target => target);
        }
    }

    private static KubeList<T> ReadEach<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> json, Func<T, T> keep)
        where T : class, IKubernetesObject
    {
        List<T> items = [];
        List<UnreadableObject> unreadable = [];
        var list = new KubeList<T> { Items = items, Unreadable = unreadable };
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
                list.Metadata = JsonSerializer.Deserialize(ref reader, KubernetesJson.Default.ListMeta) ?? new();
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

        return list;
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
