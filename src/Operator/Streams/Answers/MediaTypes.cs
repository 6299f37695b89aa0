using Microsoft.Net.Http.Headers;

namespace Stromboli.Operator.Streams.Answers;

/// <summary>
/// The media types that a node may give to a stream; pure. The node is not trusted: a browser behind <c>kubectl proxy</c> would run HTML
/// with the rights of its user.
/// </summary>
internal static class MediaTypes
{
    private const string Bytes = "application/octet-stream";

    private static readonly HashSet<string> Allowed = new(StringComparer.OrdinalIgnoreCase)
    {
        "text/plain",
        "text/x-diff",
        "application/json",
        "application/x-ndjson",
        "application/jsonl",
        Bytes,
    };

    /// <summary>Returns the media type for the reader.</summary>
    public static string Of(string? text)
    {
        if (!MediaTypeHeaderValue.TryParse(text, out var parsed) || parsed.MediaType.Value is not { } type || !Allowed.Contains(type))
        {
            return Bytes;
        }

        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            ? $"{type.ToLowerInvariant()}; charset=utf-8"
            : type.ToLowerInvariant();
    }
}
