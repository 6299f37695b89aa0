using System.Text.Json.Serialization;

namespace Stromboli.Gateway;

/// <summary>How answers are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AnswerEvent))]
internal sealed partial class AnswerJson : JsonSerializerContext;
