using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>What leaves the operator only once the attempt is on record. Stays in memory.</summary>
public sealed record AttemptSecrets
{
    /// <summary>The prompt.</summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Prompt { get; init; }

    /// <summary>The agent's variables whose values are not in the spec; they stand behind those that are.</summary>
    public IReadOnlyList<SecretVariable> Env { get; init; } = [];

    /// <summary>What the image's registry is shown, one after another until one is let in; nothing if there is none.</summary>
    public IReadOnlyList<PullCredential> PullCredentials { get; init; } = [];

    /// <summary>The credential that the gateway adds; null when the agent uses no model.</summary>
    public ModelCredential? Credential { get; init; }

    /// <summary>What the repository's server is shown; null for nothing.</summary>
    public GitCredential? Git { get; init; }

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => nameof(AttemptSecrets);
}
