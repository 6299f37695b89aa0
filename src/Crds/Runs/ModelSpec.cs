using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// Where the model is and who pays. Neither address nor credential ever enters the container. The operator's own pair of the two when
/// absent.
/// </summary>
[CelRule("!has(self.baseURL) || has(self.credentialsSecretRef)", "{path}.baseURL " + Sentences.BaseUrlNeedsCredentials, Field = "baseURL")]
public sealed record ModelSpec
{
    /// <summary>
    /// Origin of the Messages API, https, such as https://models.example.com. Needs credentialsSecretRef. The operator's origin when
    /// absent.
    /// </summary>
    [TextLength(1, RunLimits.Url)]
    [Pattern(Patterns.HttpsUrl, Sentences.HttpsUrl)]
    public string? BaseURL { get; init; }

    /// <summary>
    /// Secret with the key api-key or oauth-token, annotated stromboli.dev/use-as: model, and for a baseURL also
    /// stromboli.dev/model-origins: https://models.example.com, the origins that it may be sent to. The run waits until it exists. The
    /// operator's credential when absent.
    /// </summary>
    public SecretReference? CredentialsSecretRef { get; init; }
}
