namespace Stromboli.Kubernetes;

/// <summary>
/// The user that requests are made as: a kubeconfig's <c>as</c>, <c>as-uid</c>, <c>as-groups</c> and <c>as-user-extra</c>. The API server
/// must allow it.
/// </summary>
/// <param name="User">Name of the user.</param>
public sealed record Impersonation(string User)
{
    /// <summary>UID of the user.</summary>
    public string? Uid { get; init; }

    /// <summary>Groups of the user.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Further attributes of the user. The API server lower-cases their names.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
