using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>The model endpoint and the credential for it.</summary>
[CelRule("!has(self.baseURL) || has(self.credentialsSecretRef)", "{path}.baseURL " + Messages.BaseUrlNeedsCredentials, Field = "baseURL")]
public sealed record ModelSpec
{
    /// <summary>
    /// baseURL is the https URL of the Messages API, such as https://models.example.com. Requires credentialsSecretRef. If unset, the
    /// operator's URL is used.
    /// </summary>
    [TextLength(1, RunLimits.Url)]
    [Pattern(Patterns.HttpsUrl, Messages.HttpsUrl)]
    public string? BaseURL { get; init; }

    /// <summary>
    /// credentialsSecretRef names a Secret with the key api-key or oauth-token. It needs the annotation stromboli.dev/use-as: model and, if
    /// baseURL is set, the annotation stromboli.dev/model-origins, which lists the origins that the credential can be sent to, such as
    /// https://models.example.com. The run waits until the Secret exists. If unset, the operator's credential is used.
    /// </summary>
    public SecretReference? CredentialsSecretRef { get; init; }
}
