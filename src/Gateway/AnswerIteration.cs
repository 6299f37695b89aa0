namespace Stromboli.Gateway;

/// <summary>
/// The usage of one of several samplings that an answer is made of: the message itself, a summary of the context, an advisor's advice.
/// </summary>
internal sealed record AnswerIteration : AnswerUsage
{
    /// <summary><c>message</c>, <c>compaction</c>, <c>advisor_message</c>, <c>fallback_message</c>, ….</summary>
    public string? Type { get; init; }

    /// <summary>The model, where it is not the answer's own.</summary>
    public string? Model { get; init; }
}
