using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Whether a Secret may be used as the credential of a repository, and what it holds; pure. No sentence here ever holds a value.
/// </summary>
internal static class GitSecretRules
{
    private const string Field = "spec.workspace.git.credentialsSecretRef";
    private const string Use = "git";

    // As Kubernetes' own type kubernetes.io/basic-auth names them.
    private const string Username = "username";
    private const string Password = "password";
    private const string Token = "token";

    /// <summary>
    /// The user beside a token for which the Secret names none. Most servers look at the token alone; some want their own (oauth2,
    /// x-token-auth).
    /// </summary>
    internal const string TokenUser = "x-access-token";

    private const int LongestUsername = 256;
    private const int LongestPassword = 8192;

    /// <summary>The credential, or what the run waits for.</summary>
    /// <param name="name">The Secret's name.</param>
    /// <param name="place">What was read.</param>
    /// <param name="url">The address of the repository.</param>
    public static SecretCheck Check(string name, InputObject place, string? url)
    {
        if (place.IsForbidden)
        {
            return SecretRules.Unreadable(name);
        }

        if (place.Secret is not { } secret)
        {
            return Waits(RunReason.SecretNotFound, $"The Secret {name}, named by {Field}, is not there; create it in the run's namespace.");
        }

        if (SecretRules.NotAllowed(secret, name, Use) is { } refusal)
        {
            return Waits(RunReason.SecretNotAllowed, refusal);
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
                $"The Secret {name}, named by {Field}, has neither the keys {Username} and {Password} nor the key {Token}."
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
                $"The key {Username} of the Secret {name} cannot be used: it must be 1 to {LongestUsername} characters of one line, without a colon."
            );
        }

        return IsText(credential.Password, LongestPassword)
            ? new() { Git = credential }
            : Waits(
                RunReason.SecretNotFound,
                $"The key {key} of the Secret {name} cannot be used: it must be 1 to {LongestPassword} characters of one line."
            );
    }

    // A newline at the end is what `echo` and editors leave.
    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes).TrimEnd('\r', '\n');

    private static bool IsText(string text, int longest) => text.Length > 0 && text.Length <= longest && !text.Any(char.IsControl);

    private static SecretCheck Waits(RunReason reason, string message) => new() { Reason = reason, Message = message };
}
