namespace Stromboli.Operator.Runs;

/// <summary>The Secret that holds the operator's own model credential.</summary>
/// <param name="Namespace">The operator's namespace.</param>
/// <param name="Name">The Secret's name.</param>
internal sealed record CredentialSource(string Namespace, string Name)
{
    /// <summary>How long it is used before it is read again.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromSeconds(30);
}
