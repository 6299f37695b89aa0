using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Stromboli.Gateway.Accounting;

namespace Stromboli.Gateway.Model;

/// <summary>What the gateway reads from the body of a request before it forwards it.</summary>
/// <param name="Model">The model asked for.</param>
/// <param name="MaxTokens">The most output tokens; 0 when the body does not say.</param>
/// <param name="Surcharge">The member that makes the request cost more than its model's tokens; null if there is none.</param>
internal sealed record MessageRequest(string Model, long MaxTokens, string? Surcharge = null)
{
    /// <summary>
    /// The most JSON tokens in a body. An honest body of 32 MiB is a few long strings; a body of brackets would need twelve times its size
    /// in memory.
    /// </summary>
    public const int MostJsonTokens = 1_000_000;

    private const int DeepestNesting = 128;
    private const int LongestModel = 256;

    private static readonly JsonWriterOptions Output = new()
    {
        // The body is not embedded in HTML. The default encoder would write six bytes for every character that is not ASCII.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = DeepestNesting,
        SkipValidation = true,
    };

    /// <summary>Tools that run at the provider, and how often the request lets each be used.</summary>
    public IReadOnlyDictionary<string, long> ServerTools { get; init; } = new Dictionary<string, long>();

    /// <summary>Input tokens that the body can stand for beyond one for each of its bytes: images and documents are compressed.</summary>
    public long ExtraInput { get; init; }

    /// <summary>Whether it asks for prompts of more than 200,000 tokens, which can have a higher price.</summary>
    public bool IsLongContext { get; init; }

    /// <summary>
    /// Reads a whole body and writes it again, member by member. The model gets the gateway's own bytes, so that two parsers cannot
    /// disagree about a body. The body must be one JSON object without duplicate members at any level, and contain nothing that
    /// <paramref name="rules"/> do not allow.
    /// </summary>
    /// <param name="body">The agent's bytes.</param>
    /// <param name="rules">What may be asked for.</param>
    /// <param name="output">Where the body is written. Ignore it if null is returned.</param>
    /// <param name="problem">One sentence that names the member, if null is returned.</param>
    public static MessageRequest? Read(ReadOnlyMemory<byte> body, RequestRules rules, IBufferWriter<byte> output, out string problem)
    {
        try
        {
            if (!Utf8.IsValid(body.Span) || !IsSmall(body.Span))
            {
                problem = $"the body is not UTF-8, or has more than {MostJsonTokens} JSON tokens";
                return null;
            }

            using var document = JsonDocument.Parse(
                body,
                new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false }
            );
            var request = ReadObject(document.RootElement, rules, out problem);
            if (request is not null)
            {
                Write(document.RootElement, output);
            }

            return request;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // InvalidOperationException: an unpaired surrogate.
            problem = "the body is not JSON, is nested too deep, or names a member twice";
            return null;
        }
    }

    private static bool IsSmall(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DeepestNesting });
        for (var tokens = 0; reader.Read(); tokens++)
        {
            if (tokens >= MostJsonTokens)
            {
                return false;
            }
        }

        return true;
    }

    private static void Write(JsonElement root, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, Output);
        root.WriteTo(writer);
    }

    private static MessageRequest? ReadObject(JsonElement root, RequestRules rules, out string problem)
    {
        problem = "the body is not an object";
        if (root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var check = new RequestCheck(rules);
        if (check.Problem(root) is { } found)
        {
            problem = found;
            return null;
        }

        string? model = null;
        string? surcharge = null;
        long maxTokens = 0;
        foreach (var member in root.EnumerateObject())
        {
            if (member.Name == "model" && member.Value.ValueKind == JsonValueKind.String)
            {
                model = member.Value.GetString();
            }
            else if (
                member.Name == "max_tokens"
                && member.Value.ValueKind == JsonValueKind.Number
                && member.Value.TryGetInt64(out var number)
            )
            {
                maxTokens = Math.Clamp(number, 0, TokenUsage.Most);
            }
            else if (Plain(member.Name) is { } plain && member.Value.ValueKind != JsonValueKind.Null && !IsText(member.Value, plain))
            {
                surcharge = member.Name;
            }
        }

        var named = model is { Length: > 0 and <= LongestModel } && !model.Any(char.IsControl);
        problem = named ? "" : "model: a name is needed";
        return named
            ? new MessageRequest(model!, maxTokens, surcharge) { ServerTools = check.ServerTools, ExtraInput = check.ExtraInput }
            : null;
    }

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    // Members that multiply the price, and the value that does not: fast answers cost at least twice as much, a chosen location a tenth
    // more.
    private static string? Plain(string member) =>
        member switch
        {
            "speed" => "standard",
            "inference_geo" => "global",
            _ => null,
        };
}
