namespace Stromboli.Operator.Streams.Identity;

/// <summary>The user of a request, as the API server authenticated it.</summary>
internal sealed record UserIdentity
{
    /// <summary>The user's name.</summary>
    public required string Name { get; init; }

    /// <summary>The user's UID; null if there is none.</summary>
    public string? Uid { get; init; }

    /// <summary>The user's groups.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>Further attributes, by lower-case keys.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; }
}
