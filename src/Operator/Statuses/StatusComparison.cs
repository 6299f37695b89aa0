using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Stromboli.Operator.Statuses;

/// <summary>Compares statuses as the API server stores them. A status that is the same is not written.</summary>
internal static class StatusComparison
{
    /// <summary>Whether both statuses have the same JSON.</summary>
    public static bool IsSame<T>(T? a, T? b, JsonTypeInfo<T> json)
        where T : class => ReferenceEquals(a, b) || (a is not null && b is not null && Json(a, json).AsSpan().SequenceEqual(Json(b, json)));

    private static byte[] Json<T>(T status, JsonTypeInfo<T> json) => JsonSerializer.SerializeToUtf8Bytes(status, json);
}
