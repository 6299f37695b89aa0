namespace Stromboli.Operator.Inputs;

/// <summary>How the Secrets and ConfigMaps of runs are read.</summary>
internal sealed record InputOptions
{
    /// <summary>The Secret with the model credential for runs that name none; null if there is no default.</summary>
    public CredentialSource? DefaultCredential { get; init; }

    /// <summary>
    /// The shortest interval at which a missing Secret or ConfigMap is read again. The operator has no right to watch Secrets.
    /// </summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest interval. The interval grows with the time that the run has waited.</summary>
    public TimeSpan PollIntervalMax { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>The Secret that holds the operator's own model credential.</summary>
/// <param name="Namespace">The operator's namespace.</param>
/// <param name="Name">The name of the Secret.</param>
internal sealed record CredentialSource(string Namespace, string Name)
{
    /// <summary>How long the credential is used before it is read again.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromSeconds(30);
}
