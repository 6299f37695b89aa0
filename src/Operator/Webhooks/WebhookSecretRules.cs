using System.Text;
using Stromboli.Operator.Inputs;

namespace Stromboli.Operator.Webhooks;

/// <summary>Checks whether a Secret has the signing secret of a webhook; pure. No message contains a value.</summary>
internal static class WebhookSecretRules
{
    private const string Use = "webhook";
    private const string Prefix = "whsec_";
    private const int MostSecrets = 2;
    private const int ShortestSecret = 24;
    private const int LongestSecret = 64;

    /// <summary>Reads the signing secrets.</summary>
    /// <param name="name">The name of the Secret.</param>
    /// <param name="key">The key in it.</param>
    /// <param name="answer">The answer of the API server.</param>
    /// <returns>One secret, or two during a rotation; or what the delivery waits for, as one sentence.</returns>
    public static (IReadOnlyList<string> Secrets, string? Problem) Check(string name, string key, InputObject answer)
    {
        if (answer.IsForbidden)
        {
            return ([], $"Waiting for Secret \"{name}\": the operator may not read it; grant it get on secrets.");
        }

        if (answer.Secret is not { } secret)
        {
            return ([], $"Waiting for Secret \"{name}\" (spec.webhooks[].secretRef): not found.");
        }

        if (ModelSecretRules.NotAllowed(secret, name, Use) is { } refusal)
        {
            return ([], refusal);
        }

        if (secret.Data?.GetValueOrDefault(key) is not { } bytes)
        {
            return ([], $"Waiting for Secret \"{name}\" (spec.webhooks[].secretRef): it has no key {key}.");
        }

        var secrets = Encoding.UTF8.GetString(bytes).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return secrets.Length is > 0 and <= MostSecrets && secrets.All(IsValid)
            ? (secrets, null)
            : (
                [],
                $"Waiting for Secret \"{name}\": key {key} is not a signing secret: it must be {Prefix} and the base64 of {ShortestSecret} to {LongestSecret} bytes, or two of these separated by a space during a rotation."
            );
    }

    // Receivers' libraries differ in what else they take: unpadded base64, or text as its own bytes. This form they all read alike.
    private static bool IsValid(string secret)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal) || secret.Length > 2 * LongestSecret)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[2 * LongestSecret];
        return Convert.TryFromBase64Chars(secret.AsSpan(Prefix.Length), bytes, out var length)
            && length is >= ShortestSecret and <= LongestSecret;
    }
}
