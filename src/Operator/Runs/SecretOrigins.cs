using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Where a Secret's value may be sent; pure. A run names the destination, and its author could name a server of their own. So the Secret
/// lists its destinations, and without the list it has none.
/// </summary>
internal static class SecretOrigins
{
    /// <summary>The annotation of a Secret for the model: https origins, with commas between them.</summary>
    public const string Model = "stromboli.dev/model-origins";

    /// <summary>The annotation of a Secret for Git repositories.</summary>
    public const string Git = "stromboli.dev/git-origins";

    /// <summary>
    /// Why the value may not be sent to this address, as a sentence that names the annotation and its value; null if it may.
    /// </summary>
    /// <param name="secret">The Secret.</param>
    /// <param name="name">Its name.</param>
    /// <param name="annotation"><see cref="Model"/> or <see cref="Git"/>.</param>
    /// <param name="url">The address, as the run has it.</param>
    public static string? NotAllowed(Secret secret, string name, string annotation, string? url)
    {
        if (Of(url) is not { } origin)
        {
            return $"The Secret {name} may not be sent to {url}, which is no https address.";
        }

        var list = secret.Metadata.Annotations?.GetValueOrDefault(annotation);
        if (list is null)
        {
            return $"The Secret {name} may not be sent to {origin} yet; allow it with the annotation {annotation}: {origin} (with commas between several origins).";
        }

        return list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(entry => Listed(entry) == origin)
            ? null
            : $"The annotation {annotation} of the Secret {name} does not list {origin}; add it if the Secret may be sent there (with commas between several origins).";
    }

    /// <summary>
    /// The origin of an https address, in one way of writing (RFC 6454): scheme, host, and port unless it is 443. Null for anything else,
    /// and for one with a user.
    /// </summary>
    public static string? Of(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && address.UserInfo.Length == 0
            ? address.GetLeftPart(UriPartial.Authority)
            : null;

    // With a path it is not an origin: its author means less than the whole server.
    private static string? Listed(string entry) =>
        Uri.TryCreate(entry, UriKind.Absolute, out var address) && address.PathAndQuery == "/" && address.Fragment.Length == 0
            ? Of(entry)
            : null;
}
