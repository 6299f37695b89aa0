using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>Whether a Secret may be used as a model credential, and what it holds; pure. No sentence here ever holds a value.</summary>
internal static class SecretRules
{
    /// <summary>The annotation that lists what a Secret may be used as, with commas.</summary>
    public const string UseAs = "stromboli.dev/use-as";

    private const string Model = "model";
    private const string ApiKey = "api-key";
    private const string OAuthToken = "oauth-token";

    // Far longer than any credential, and shorter than what a header may be.
    private const int MaxLength = 8192;

    /// <summary>The credential of a run's own Secret.</summary>
    /// <param name="secret">The Secret; null if there is none.</param>
    /// <param name="name">Its name.</param>
    /// <param name="baseURL">Where the run wants it sent; null for the operator's own origin.</param>
    /// <param name="operatorOrigin">The operator's own origin. The admin chose it, so every Secret for the model may be sent there.</param>
    public static SecretCheck OfRun(Secret? secret, string name, string? baseURL, string operatorOrigin)
    {
        if (secret is null)
        {
            return Waits(
                RunReason.SecretNotFound,
                $"The Secret {name}, named by spec.model.credentialsSecretRef, is not there; create it in the run's namespace."
            );
        }

        var uses = Uses(secret);
        if (uses.Count == 0)
        {
            return Waits(
                RunReason.SecretNotAllowed,
                $"The Secret {name} may not be used yet; allow it with the annotation {UseAs}: {Model}."
            );
        }

        if (!uses.Contains(Model))
        {
            return Waits(
                RunReason.SecretNotAllowed,
                $"The annotation {UseAs} of the Secret {name} does not list {Model}; a Secret for the model has exactly {UseAs}: {Model}."
            );
        }

        if (uses.Count > 1)
        {
            return Waits(
                RunReason.SecretNotAllowed,
                $"The annotation {UseAs} of the Secret {name} lists {Model} and other uses; {Model} excludes all others."
            );
        }

        if (baseURL is null)
        {
            return Credential(secret, name, operatorOrigin, operatorOrigin: true);
        }

        if (
            SecretOrigins.Of(baseURL) != SecretOrigins.Of(operatorOrigin)
            && SecretOrigins.NotAllowed(secret, name, SecretOrigins.Model, baseURL) is { } elsewhere
        )
        {
            return Waits(RunReason.SecretNotAllowed, elsewhere);
        }

        return Credential(secret, name, baseURL, operatorOrigin: false);
    }

    /// <summary>The operator's own credential. That an admin named it is permission enough.</summary>
    public static SecretCheck OfOperator(Secret? secret, string name, string baseURL) =>
        secret is null
            ? Waits(
                RunReason.SecretNotFound,
                $"The operator's credential, the Secret {name} in its own namespace, is not there; create it, or set spec.model.credentialsSecretRef."
            )
            : Credential(secret, name, baseURL, operatorOrigin: true);

    /// <summary>Neither the run nor the operator names a credential.</summary>
    public static SecretCheck None() =>
        Waits(
            RunReason.SecretNotFound,
            "There is no credential for the model: set spec.model.credentialsSecretRef, or give the operator a default one."
        );

    /// <summary>The API server does not let the operator read the Secret.</summary>
    public static SecretCheck Unreadable(string name) =>
        Waits(RunReason.SecretNotAllowed, $"The operator has no right to read the Secret {name}; grant it get on secrets.");

    /// <summary>Why a Secret may not be used as something other than a model credential, as a sentence; null if it may.</summary>
    /// <param name="secret">The Secret.</param>
    /// <param name="name">Its name.</param>
    /// <param name="use"><c>env</c> or <c>prompt</c>.</param>
    public static string? NotAllowed(Secret secret, string name, string use)
    {
        var uses = Uses(secret);
        if (uses.Contains(Model))
        {
            return $"The annotation {UseAs} of the Secret {name} lists {Model}, which excludes all other uses; use another Secret as {use}.";
        }

        return uses.Contains(use)
            ? null
            : $"The Secret {name} may not be used as {use} yet; allow it with the annotation {UseAs}: {use} (with commas between several uses).";
    }

    private static HashSet<string> Uses(Secret secret) =>
        secret.Metadata.Annotations?.GetValueOrDefault(UseAs) is { } list
            ? [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]
            : [];

    private static SecretCheck Credential(Secret secret, string name, string baseURL, bool operatorOrigin)
    {
        // The API key first, should there be both: one that always means the same.
        var (key, kind) =
            secret.Data?.ContainsKey(ApiKey) == true ? (ApiKey, CredentialKind.ApiKey) : (OAuthToken, CredentialKind.OAuthToken);
        if (secret.Data?.GetValueOrDefault(key) is not { } bytes)
        {
            return Waits(RunReason.SecretNotFound, $"The Secret {name} has neither the key {ApiKey} nor the key {OAuthToken}.");
        }
        // A newline at the end is what `echo` and editors leave.
        var value = Encoding.UTF8.GetString(bytes).Trim();
        if (value.Length is 0 or > MaxLength || value.Any(c => c is < '!' or > '~'))
        {
            return Waits(
                RunReason.SecretNotFound,
                $"The key {key} of the Secret {name} holds nothing that can be a credential: it must be 1 to {MaxLength} visible ASCII characters."
            );
        }

        return new()
        {
            Credential = new ModelCredential
            {
                BaseURL = baseURL,
                OperatorOrigin = operatorOrigin,
                Kind = kind,
                Value = value,
            },
        };
    }

    private static SecretCheck Waits(RunReason reason, string message) => new() { Reason = reason, Message = message };
}
