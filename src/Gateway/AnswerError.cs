namespace Stromboli.Gateway;

/// <summary>An error.</summary>
internal sealed record AnswerError
{
    /// <summary>The API's name for it.</summary>
    public string? Type { get; init; }
}
