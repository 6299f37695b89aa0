namespace Stromboli.Gateway;

/// <summary>The message that a stream begins with.</summary>
internal sealed record AnswerMessage
{
    /// <summary>The model.</summary>
    public string? Model { get; init; }

    /// <summary>The usage so far.</summary>
    public AnswerUsage? Usage { get; init; }
}
