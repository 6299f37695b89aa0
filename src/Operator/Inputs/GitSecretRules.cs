using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Inputs;

/// <summary>Checks whether a Secret can be used as the credential of a repository; pure. No message contains a value.</summary>
internal static class GitSecretRules
{
    private const string Field = "spec.workspace.git.credentialsSecretRef";
    private const string Use = "git";
    private const string PushUse = "git-push";

    // The names in Kubernetes' own type kubernetes.io/basic-auth.
    private const string Username = "username";
    private const string Password = "password";
    private const string Token = "token";

    /// <summary>
    /// The user for a token, if the Secret names none. Most servers ignore the user of a token; some require their own (oauth2,
    /// x-token-auth).
    /// </summary>
    internal const string TokenUser = "x-access-token";

    private const int LongestUsername = 256;
    private const int LongestPassword = 8192;

    /// <summary>Returns the credential, or what the run waits for.</summary>
    /// <param name="name">The name of the Secret.</param>
    /// <param name="answer">The answer of the API server.</param>
    /// <param name="url">The URL of the repository.</param>
    /// <param name="pushes">Whether the credential is also used for pushing.</param>
    public static InputCheck Check(string name, InputObject answer, string? url, bool pushes = false)
    {
        if (answer.IsForbidden)
        {
            return ModelSecretRules.Unreadable(name);
        }

        if (answer.Secret is not { } secret)
        {
            return Waits(RunReason.SecretNotFound, $"Waiting for Secret \"{name}\" ({Field}): not found.");
        }

        if (ModelSecretRules.NotAllowed(secret, name, Use) is { } refusal)
        {
            return Waits(RunReason.SecretNotAllowed, refusal);
        }

        if (pushes && ModelSecretRules.NotAllowed(secret, name, PushUse) is { } pushRefusal)
        {
            return Waits(RunReason.SecretNotAllowed, pushRefusal);
        }

        if (SecretOrigins.NotAllowed(secret, name, SecretOrigins.Git, url) is { } elsewhere)
        {
            return Waits(RunReason.SecretNotAllowed, elsewhere);
        }

        var data = secret.Data ?? [];
        var key = data.ContainsKey(Password) ? Password : Token;
        if (!data.TryGetValue(key, out var password) || (key == Password && !data.ContainsKey(Username)))
        {
            return Waits(
                RunReason.SecretNotFound,
                $"Waiting for Secret \"{name}\" ({Field}): it has neither keys {Username} and {Password} nor key {Token}."
            );
        }

        var credential = new GitCredential
        {
            Username = data.TryGetValue(Username, out var user) ? Text(user) : TokenUser,
            Password = Text(password),
        };
        if (!IsText(credential.Username, LongestUsername) || credential.Username.Contains(':', StringComparison.Ordinal))
        {
            return Waits(
                RunReason.SecretNotFound,
                $"Waiting for Secret \"{name}\": key {Username} must be one line of 1 to {LongestUsername} characters, without a colon."
            );
        }

        return IsText(credential.Password, LongestPassword)
            ? new() { Git = credential }
            : Waits(
                RunReason.SecretNotFound,
                $"Waiting for Secret \"{name}\": key {key} must be one line of 1 to {LongestPassword} characters."
            );
    }

    // `echo` and editors leave a newline at the end.
    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes).TrimEnd('\r', '\n');

    private static bool IsText(string text, int longest) => text.Length > 0 && text.Length <= longest && !text.Any(char.IsControl);

    private static InputCheck Waits(RunReason reason, string message) => new() { Reason = reason, Message = message };
}
