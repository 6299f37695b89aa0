using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Inputs;

/// <summary>Checks whether a Secret can be used as a model credential; pure. No message contains a value.</summary>
internal static class ModelSecretRules
{
    /// <summary>The annotation that lists the allowed uses of a Secret, separated by commas.</summary>
    public const string UseAs = "stromboli.dev/use-as";

    private const string Model = "model";
    private const string ApiKey = "api-key";
    private const string OAuthToken = "oauth-token";

    // Much longer than any credential, and shorter than the limit of a header.
    private const int MaxLength = 8192;

    /// <summary>Returns the credential from a run's own Secret.</summary>
    /// <param name="secret">The Secret; null if there is none.</param>
    /// <param name="name">The name of the Secret.</param>
    /// <param name="baseURL">The model origin of the run; null for the operator's own origin.</param>
    /// <param name="operatorOrigin">The operator's own origin. The admin chose it, so every Secret for the model may be sent there.</param>
    public static InputCheck OfRun(Secret? secret, string name, string? baseURL, string operatorOrigin)
    {
        if (secret is null)
        {
            return Waits(RunReason.SecretNotFound, $"Waiting for Secret \"{name}\" (spec.model.credentialsSecretRef): not found.");
        }

        var uses = Uses(secret);
        if (uses.Count == 0)
        {
            return Waits(
                RunReason.SecretNotAllowed,
                $"Waiting for Secret \"{name}\": it may not be used for the model. Allow it with the annotation {UseAs}: {Model}."
            );
        }

        if (!uses.Contains(Model))
        {
            return Waits(
                RunReason.SecretNotAllowed,
                $"Waiting for Secret \"{name}\": its annotation {UseAs} does not list {Model}. A Secret for the model must have exactly {UseAs}: {Model}."
            );
        }

        if (uses.Count > 1)
        {
            return Waits(
                RunReason.SecretNotAllowed,
                $"Waiting for Secret \"{name}\": its annotation {UseAs} lists {Model} and other uses, but {Model} excludes all others."
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

    /// <summary>Returns the operator's own credential. It needs no annotation, because an admin named it.</summary>
    public static InputCheck OfOperator(Secret? secret, string name, string baseURL) =>
        secret is null
            ? Waits(
                RunReason.SecretNotFound,
                $"Waiting for the operator's Secret \"{name}\": not found. Create it in the operator's namespace, or set spec.model.credentialsSecretRef."
            )
            : Credential(secret, name, baseURL, operatorOrigin: true);

    /// <summary>Neither the run nor the operator names a credential.</summary>
    public static InputCheck None() =>
        Waits(
            RunReason.SecretNotFound,
            "Waiting for a model credential: set spec.model.credentialsSecretRef, or start the operator with --model-credentials-secret."
        );

    /// <summary>The API server does not let the operator read the Secret.</summary>
    public static InputCheck Unreadable(string name) =>
        Waits(RunReason.SecretNotAllowed, $"Waiting for Secret \"{name}\": the operator may not read it; grant it get on secrets.");

    /// <summary>Why a Secret may not be used for something other than the model, as a sentence; null if it may.</summary>
    /// <param name="secret">The Secret.</param>
    /// <param name="name">The name of the Secret.</param>
    /// <param name="use">The use, such as <c>env</c> or <c>prompt</c>.</param>
    public static string? NotAllowed(Secret secret, string name, string use)
    {
        var uses = Uses(secret);
        if (uses.Contains(Model))
        {
            return $"Waiting for Secret \"{name}\": its annotation {UseAs} lists {Model}, which excludes all other uses. Use another Secret as {use}.";
        }

        return uses.Contains(use)
            ? null
            : $"Waiting for Secret \"{name}\": it may not be used as {use}. Allow it with the annotation {UseAs}: {use} (separate several uses with commas).";
    }

    private static HashSet<string> Uses(Secret secret) =>
        secret.Metadata.Annotations?.GetValueOrDefault(UseAs) is { } list
            ? [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]
            : [];

    private static InputCheck Credential(Secret secret, string name, string baseURL, bool operatorOrigin)
    {
        // If the Secret has both keys, the API key always wins.
        var (key, kind) =
            secret.Data?.ContainsKey(ApiKey) == true ? (ApiKey, CredentialKind.ApiKey) : (OAuthToken, CredentialKind.OAuthToken);
        if (secret.Data?.GetValueOrDefault(key) is not { } bytes)
        {
            return Waits(RunReason.SecretNotFound, $"Waiting for Secret \"{name}\": it has neither key {ApiKey} nor key {OAuthToken}.");
        }
        // `echo` and editors leave a newline at the end.
        var value = Encoding.UTF8.GetString(bytes).Trim();
        if (value.Length is 0 or > MaxLength || value.Any(c => c is < '!' or > '~'))
        {
            return Waits(
                RunReason.SecretNotFound,
                $"Waiting for Secret \"{name}\": key {key} is not a credential: it must have 1 to {MaxLength} visible ASCII characters."
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

    private static InputCheck Waits(RunReason reason, string message) => new() { Reason = reason, Message = message };
}
