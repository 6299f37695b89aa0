using System.Text.Json;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>What the gateway reads from the body of a request before it forwards it.</summary>
/// <param name="Model">The model asked for.</param>
/// <param name="MaxTokens">The most output tokens; 0 when the body does not say.</param>
/// <param name="Surcharge">The member by which the request costs more than its model's tokens do; null when none does.</param>
internal sealed record MessageRequest(string Model, long MaxTokens, string? Surcharge = null)
{
    private const int DeepestNesting = 128;
    private const int LongestModel = 256;

    /// <summary>
    /// Reads a whole body. It must be one JSON object that names every member once, since two readers may differ about which of two counts.
    /// </summary>
    public static MessageRequest? Read(ReadOnlySpan<byte> body, out string problem)
    {
        problem = "";
        try
        {
            return ReadObject(body, out problem);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not UTF-8, or half of a surrogate pair.
            problem = "the body is not JSON";
            return null;
        }
    }

    private static MessageRequest? ReadObject(ReadOnlySpan<byte> body, out string problem)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DeepestNesting });
        var members = new HashSet<string>(StringComparer.Ordinal);
        string? model = null;
        string? surcharge = null;
        long maxTokens = 0;
        problem = "the body is not an object";
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!members.Add(name))
            {
                problem = "the body names a member twice";
                return null;
            }

            reader.Read();
            if (name == "model" && reader.TokenType == JsonTokenType.String)
                model = reader.GetString();
            else if (name == "max_tokens" && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
                maxTokens = Math.Clamp(number, 0, TokenUsage.Most);
            else if (Plain(name) is { } plain && reader.TokenType != JsonTokenType.Null && !(reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(plain)))
                surcharge = name;
            reader.Skip();
        }

        // What comes after the object is read too: anything but white space throws.
        reader.Read();
        problem = "model: a name is needed";
        return model is { Length: > 0 and <= LongestModel } && !model.Any(char.IsControl) ? new MessageRequest(model, maxTokens, surcharge) : null;
    }

    // Members that multiply the price, and the value that does not: fast answers cost twice as much and more, a place of one's own choice a tenth.
    private static string? Plain(string member) => member switch
    {
        "speed" => "standard",
        "inference_geo" => "global",
        _ => null,
    };
}
