namespace Stromboli.Gateway;

/// <summary>The members that the gateway looks for, of an event of a stream, a whole message, or an error.</summary>
internal sealed record AnswerEvent
{
    /// <summary><c>message_start</c>, <c>message_delta</c>, <c>message</c>, <c>error</c>, ….</summary>
    public string? Type { get; init; }

    /// <summary>The model, of a whole message.</summary>
    public string? Model { get; init; }

    /// <summary>The message that a stream begins with.</summary>
    public AnswerMessage? Message { get; init; }

    /// <summary>The usage, of a <c>message_delta</c> or a whole message.</summary>
    public AnswerUsage? Usage { get; init; }

    /// <summary>The error.</summary>
    public AnswerError? Error { get; init; }
}
