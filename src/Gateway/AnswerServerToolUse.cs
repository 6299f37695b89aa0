using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Gateway;

/// <summary>How often an answer used tools that run at the provider.</summary>
internal sealed record AnswerServerToolUse
{
    /// <summary>Searches.</summary>
    public long? WebSearchRequests { get; init; }

    /// <summary>Fetches.</summary>
    public long? WebFetchRequests { get; init; }

    /// <summary>Tools that the gateway does not know to count. Settable: the serializer cannot give it to a constructor.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
