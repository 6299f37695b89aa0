using System.Text;
using System.Text.Json;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Which of the users that Secrets of the type <c>kubernetes.io/dockerconfigjson</c> hold are for an image; pure. Servers are matched as a
/// kubelet does: host (with a <c>*</c> within a label) and port, and perhaps the beginning of the path. No sentence here ever holds a
/// value.
/// </summary>
internal static class PullSecretRules
{
    /// <summary>The key of such a Secret.</summary>
    public const string Key = ".dockerconfigjson";

    /// <summary>How many users are tried at most.</summary>
    public const int MaxCredentials = 8;

    private const string Use = "pull";

    // Tokens of cloud registries and keys in JSON have a few thousand.
    private const int MaxLength = 16 * 1024;

    /// <summary>The users for the image's registry, or what the run waits for: the first Secret that is missing.</summary>
    /// <param name="image">The fully qualified name.</param>
    /// <param name="names">The Secrets' names, as the run has them.</param>
    /// <param name="found">What was read for each.</param>
    public static SecretCheck Check(string image, IReadOnlyList<string> names, IReadOnlyList<InputObject> found)
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
                    $"The key {Key} of the Secret {names[i]}, named by spec.imagePullSecrets[{i}], cannot be used: it must hold {{\"auths\": {{SERVER: {{\"username\": …, \"password\": …}}}}}}."
                );
            }

            matching.AddRange(users.Where(user => user.Server.Serves(image)));
        }

        // Stable, so that what is named first is tried first among equals.
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

    private static SecretCheck? Missing(string field, string name, InputObject place)
    {
        if (place.IsForbidden)
        {
            return SecretRules.Unreadable(name);
        }

        if (place.Secret is not { } secret)
        {
            return Waits(RunReason.SecretNotFound, $"The Secret {name}, named by {field}, is not there; create it in the run's namespace.");
        }

        return SecretRules.NotAllowed(secret, name, Use) is { } sentence ? Waits(RunReason.SecretNotAllowed, sentence) : null;
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
                // An entry without a user, as `docker login` with a credential store leaves it, is for nobody.
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
        // docker pads its value with NUL now and then.
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\0') : null;
    }

    private static SecretCheck Waits(RunReason reason, string message) => new() { Reason = reason, Message = message };
}
