using System.Text.RegularExpressions;
using Stromboli.PodmanBridge.Podman;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// Says what an engine's or a registry's words about a failed pull mean; pure. libpod has no codes for it, so the words of containers/image, Go's network and TLS, and the
/// registries' own error codes (OCI distribution specification) are looked for.
/// </summary>
internal static partial class ImagePullErrors
{
    private const int MaxDetail = 300;

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>The error as what a run is told: one sentence with its image, and never a credential.</summary>
    /// <param name="request">What was wanted.</param>
    /// <param name="credential">What the registry was shown; null for nothing.</param>
    /// <param name="error">What the engine said.</param>
    public static ImagePullException Explain(ImageRequest request, RegistryCredential? credential, PodmanException error)
    {
        var failure = Classify(error.PodmanMessage);
        var registry = ImageReference.Parse(request.Image)?.Registry ?? "its registry";
        var why = failure switch
        {
            ImagePullFailure.Unauthorized => Unauthorized(registry, request, credential),
            ImagePullFailure.NotFound => $"the registry {registry} has no such image or tag",
            ImagePullFailure.Unreachable => $"the registry {registry} cannot be reached from the node: {Detail(error, credential)}",
            ImagePullFailure.Tls => $"the node has no trusted TLS connection to the registry {registry}, see its certs.d and registries.conf: {Detail(error, credential)}",
            ImagePullFailure.RateLimited => $"the registry {registry} takes no more requests for now (rate limit); try again later or pull with a login",
            ImagePullFailure.TooLarge => "the node has no space for it",
            ImagePullFailure.OtherPlatform => $"the registry {registry} has none for the node's kind of machine: {Detail(error, credential)}",
            _ => Detail(error, credential),
        };
        return new ImagePullException(request.Image, failure, $"The image '{request.Image}' could not be pulled: {why}.", error);
    }

    /// <summary>The kind of failure.</summary>
    internal static ImagePullFailure Classify(string message) => message switch
    {
        _ when RateLimited.IsMatch(message) => ImagePullFailure.RateLimited,
        _ when OtherPlatform.IsMatch(message) => ImagePullFailure.OtherPlatform,
        _ when NoSpace.IsMatch(message) => ImagePullFailure.TooLarge,
        _ when Unauthorised.IsMatch(message) => ImagePullFailure.Unauthorized,
        _ when NotFound.IsMatch(message) => ImagePullFailure.NotFound,
        _ when Tls.IsMatch(message) => ImagePullFailure.Tls,
        _ when Unreachable.IsMatch(message) => ImagePullFailure.Unreachable,
        _ => ImagePullFailure.Other,
    };

    private static string Unauthorized(string registry, ImageRequest request, RegistryCredential? credential) => (credential, request) switch
    {
        ({ }, _) => $"the registry {registry} refuses the login of spec.imagePullSecrets, or has no such image",
        (null, { HasSecrets: true }) => $"the registry {registry} wants a login, and no Secret of spec.imagePullSecrets has one for it",
        _ => $"the registry {registry} wants a login, or has no such image; name a Secret with a login for it in spec.imagePullSecrets",
    };

    // What a registry says is its own; it may say what it was shown.
    private static string Detail(PodmanException error, RegistryCredential? credential)
    {
        var text = error.PodmanMessage;
        foreach (var secret in credential is null ? [] : new[] { credential.Password, Basic(credential), credential.Username })
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        // The steps that led there name the image again and again.
        text = Steps.Replace(text, "");
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim().TrimEnd('.');
        if (line.Length <= MaxDetail)
            return line;
        var end = char.IsHighSurrogate(line[MaxDetail - 1]) ? MaxDetail - 1 : MaxDetail;
        return line[..end] + "…";
    }

    private static string Basic(RegistryCredential credential) =>
        Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Password}"));

    [GeneratedRegex(@"toomanyrequests|too many requests|\b429\b|rate limit", Options, 1000)]
    private static partial Regex RateLimited { get; }

    [GeneratedRegex(@"no image found in (manifest list|image index) for architecture", Options, 1000)]
    private static partial Regex OtherPlatform { get; }

    [GeneratedRegex(@"no space left on device|disk quota exceeded", Options, 1000)]
    private static partial Regex NoSpace { get; }

    [GeneratedRegex(@"unauthorized|authentication required|invalid username/password|access to the resource is denied|\bdenied:|\b40[13] \(|\b403 forbidden", Options, 1000)]
    private static partial Regex Unauthorised { get; }

    [GeneratedRegex(@"manifest unknown|name unknown|name invalid|repository name not known|\b404 \(?not found|manifest for .* not found", Options, 1000)]
    private static partial Regex NotFound { get; }

    [GeneratedRegex(@"x509:|\btls:|server gave HTTP response to HTTPS client|certificate", Options, 1000)]
    private static partial Regex Tls { get; }

    [GeneratedRegex(
        @"dial tcp|no such host|connection (refused|reset)|i/o timeout|no route to host|network is unreachable|context deadline exceeded|timeout awaiting|unexpected EOF|: EOF|broken pipe|\b50[234] \(",
        Options,
        1000)]
    private static partial Regex Unreachable { get; }

    [GeneratedRegex(@"^(initializing source docker://\S+: )?(pinging container registry \S+: )?(reading manifest \S+ in \S+: )?(Get ""[^""]*"": )?", Options, 1000)]
    private static partial Regex Steps { get; }
}
