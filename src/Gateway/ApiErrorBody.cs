namespace Stromboli.Gateway;

/// <summary>The inner part of an error.</summary>
internal sealed record ApiErrorBody
{
    /// <summary>The API's name for the kind of error.</summary>
    public required string Type { get; init; }

    /// <summary>One sentence.</summary>
    public required string Message { get; init; }
}
