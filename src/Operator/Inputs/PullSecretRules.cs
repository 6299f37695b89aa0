using System.Text;
using System.Text.Json;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Inputs;

/// <summary>
/// Finds the users for an image in Secrets of the type <c>kubernetes.io/dockerconfigjson</c>; pure. It matches servers as a kubelet does:
/// the host (with <c>*</c> within a label), the port, and possibly a path prefix. No message contains a value.
/// </summary>
internal static class PullSecretRules
{
    /// <summary>The key in the Secret.</summary>
    public const string Key = ".dockerconfigjson";

    /// <summary>How many users are tried, at most.</summary>
    public const int MaxCredentials = 8;

    private const string Use = "pull";

    // Tokens of cloud registries and keys in JSON have a few thousand characters.
    private const int MaxLength = 16 * 1024;

    /// <summary>Returns the users for the image's registry, or what the run waits for: the first missing Secret.</summary>
    /// <param name="image">The fully qualified name of the image.</param>
    /// <param name="names">The names of the Secrets, in the order of the spec.</param>
    /// <param name="found">The answer of the API server for each Secret.</param>
    public static InputCheck Check(string image, IReadOnlyList<string> names, IReadOnlyList<InputObject> found)
    {
        List<(RegistryServer Server, PullCredential Credential)> matching = [];
        for (var i = 0; i < names.Count; i++)
        {
            if (Missing($"spec.imagePullSecrets[{i}]", names[i], found[i]) is { } missing)
            {
                return missing;
            }

            if (Read(found[i].Secret!.Data?.GetValueOrDefault(Key)) is not { } users)
            {
                return Waits(
                    RunReason.SecretNotFound,
                    $"Waiting for Secret \"{names[i]}\" (spec.imagePullSecrets[{i}]): key {Key} cannot be used: it must contain {{\"auths\": {{SERVER: {{\"username\": …, \"password\": …}}}}}}."
                );
            }

            matching.AddRange(users.Where(user => user.Server.Serves(image)));
        }

        // The sort is stable, so that among equals the order of the spec decides.
        return new()
        {
            PullCredentials =
            [
                .. matching
                    .OrderByDescending(user => user.Server.Precision)
                    .Select(user => user.Credential)
                    .Distinct()
                    .Take(MaxCredentials),
            ],
        };
    }

    private static InputCheck? Missing(string field, string name, InputObject answer)
    {
        if (answer.IsForbidden)
        {
            return ModelSecretRules.Unreadable(name);
        }

        if (answer.Secret is not { } secret)
        {
            return Waits(RunReason.SecretNotFound, $"Waiting for Secret \"{name}\" ({field}): not found.");
        }

        return ModelSecretRules.NotAllowed(secret, name, Use) is { } sentence ? Waits(RunReason.SecretNotAllowed, sentence) : null;
    }

    private static List<(RegistryServer Server, PullCredential Credential)>? Read(byte[]? bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes ?? [], new() { MaxDepth = 8 });
            if (
                json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("auths", out var auths)
                || auths.ValueKind != JsonValueKind.Object
            )
            {
                return null;
            }

            List<(RegistryServer, PullCredential)> users = [];
            foreach (var entry in auths.EnumerateObject())
            {
                // `docker login` with a credential store leaves an entry without a user.
                if (
                    RegistryServer.Parse(entry.Name) is { } server
                    && entry.Value.ValueKind == JsonValueKind.Object
                    && User(entry.Value) is { } user
                )
                {
                    users.Add((server, user));
                }
            }

            return users;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static PullCredential? User(JsonElement entry)
    {
        var (name, password) = (Text(entry, "username"), Text(entry, "password"));
        if (string.IsNullOrEmpty(name) && Text(entry, "auth") is { } joined && Decode(joined)?.Split(':', 2) is [var first, var second])
        {
            (name, password) = (first, second);
        }

        return
            name is { Length: > 0 and <= MaxLength }
            && password is { Length: > 0 and <= MaxLength }
            && !name.Contains(':', StringComparison.Ordinal)
            ? new PullCredential { Username = name, Password = password }
            : null;
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        // docker sometimes pads its value with NUL.
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\0') : null;
    }

    private static InputCheck Waits(RunReason reason, string message) => new() { Reason = reason, Message = message };
}
