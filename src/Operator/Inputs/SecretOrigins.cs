using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Inputs;

/// <summary>
/// Checks where the value of a Secret may be sent; pure. A run names the destination, and its author could name a server of their own.
/// Therefore the Secret lists its destinations. Without that list it has none.
/// </summary>
internal static class SecretOrigins
{
    /// <summary>The annotation of a Secret for the model: https origins, separated by commas.</summary>
    public const string Model = "stromboli.dev/model-origins";

    /// <summary>The annotation of a Secret for Git repositories.</summary>
    public const string Git = "stromboli.dev/git-origins";

    /// <summary>Why the value may not be sent to this URL, as a sentence that names the annotation and its value; null if it may.</summary>
    /// <param name="secret">The Secret.</param>
    /// <param name="name">The name of the Secret.</param>
    /// <param name="annotation"><see cref="Model"/> or <see cref="Git"/>.</param>
    /// <param name="url">The URL in the spec of the run.</param>
    public static string? NotAllowed(Secret secret, string name, string annotation, string? url)
    {
        if (Of(url) is not { } origin)
        {
            return $"Waiting for Secret \"{name}\": it cannot be sent to {url}, which is not an https URL.";
        }

        var list = secret.Metadata.Annotations?.GetValueOrDefault(annotation);
        if (list is null)
        {
            return $"Waiting for Secret \"{name}\": it may not be sent to {origin}. Allow it with the annotation {annotation}: {origin} (separate several origins with commas).";
        }

        return list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(entry => Listed(entry) == origin)
            ? null
            : $"Waiting for Secret \"{name}\": its annotation {annotation} does not list {origin}. Add it if the Secret may be sent there (separate several origins with commas).";
    }

    /// <summary>
    /// The origin of an https URL in its normal form (RFC 6454): scheme, host, and port unless it is 443. Null for any other URL, and for
    /// one with a user.
    /// </summary>
    public static string? Of(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && address.UserInfo.Length == 0
            ? address.GetLeftPart(UriPartial.Authority)
            : null;

    // An entry with a path is not an origin. Its author means less than the whole server.
    private static string? Listed(string entry) =>
        Uri.TryCreate(entry, UriKind.Absolute, out var address) && address.PathAndQuery == "/" && address.Fragment.Length == 0
            ? Of(entry)
            : null;
}
