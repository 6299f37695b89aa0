using Stromboli.Gateway.Accounting;

namespace Stromboli.Gateway.Model;

/// <summary>What an answer has said so far.</summary>
internal sealed record AnswerFacts
{
    /// <summary>Nothing yet.</summary>
    public static AnswerFacts None { get; } = new();

    /// <summary>The model that answered.</summary>
    public string? Model { get; init; }

    /// <summary>What it used; null before it said so.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>What other models used for the same answer, an advisor say; null if none did.</summary>
    public IReadOnlyDictionary<string, TokenUsage>? OtherModels { get; init; }

    /// <summary>Whether the answer came to its end.</summary>
    public bool Complete { get; init; }

    /// <summary>
    /// Whether the answer reported usage that the gateway does not know or cannot read, so that it may have used more than
    /// <see cref="Usage"/>.
    /// </summary>
    public bool HasUnknown { get; init; }

    /// <summary>
    /// The API's name for an error, such as <c>overloaded_error</c>. An error can also follow in a stream that began well.
    /// </summary>
    public string? ErrorType { get; init; }
}
