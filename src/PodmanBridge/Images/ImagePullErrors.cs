using System.Text.RegularExpressions;
using Stromboli.Podman;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// Interprets what an engine or registry says about a failed pull. Pure. libpod has no error codes for pulls, so this class looks for the
/// messages of containers/image, of Go's network and TLS packages, and for the registries' error codes (OCI distribution specification).
/// </summary>
internal static partial class ImagePullErrors
{
    /// <summary>Why an image is not taken when the node's disk is full.</summary>
    public const string NoSpaceLeft = "the node has no space for it";

    private const int MaxWords = 300;

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>
    /// The error as the run's status shows it: one sentence that names the image. It never repeats what a registry answered: a tenant
    /// chooses the registry, so its answers would be a way to read from the node's network.
    /// </summary>
    /// <param name="request">The request that failed.</param>
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
            ImagePullFailure.Unreachable =>
                $"the registry {registry} cannot be reached from the node: {WhyUnreachable(error.PodmanMessage)}",
            ImagePullFailure.Tls =>
                $"the node has no trusted TLS connection to the registry {registry}, see its certs.d and registries.conf: {WhyNoTls(error.PodmanMessage)}",
            ImagePullFailure.RateLimited =>
                $"the registry {registry} takes no more requests for now (rate limit); try again later or pull with a login",
            ImagePullFailure.TooLarge => NoSpaceLeft,
            ImagePullFailure.OtherPlatform => $"the registry {registry} has none for the node's kind of machine",
            _ => "the node's engine gives a reason that has no name here; the log of the node's bridge has its words",
        };
        return new ImagePullException(request.Image, failure, $"The image '{request.Image}' could not be pulled: {why}.", error);
    }

    /// <summary>The engine's words for the log of the bridge: bounded, on one line, and without the credential.</summary>
    /// <param name="credential">What the registry was shown; null for nothing.</param>
    /// <param name="error">What the engine said.</param>
    public static string Words(RegistryCredential? credential, PodmanException error)
    {
        var text = error.PodmanMessage;
        foreach (var secret in credential is null ? [] : new[] { credential.Password, Basic(credential), credential.Username })
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        if (line.Length <= MaxWords)
        {
            return line;
        }

        var end = char.IsHighSurrogate(line[MaxWords - 1]) ? MaxWords - 1 : MaxWords;
        return line[..end] + "…";
    }

    /// <summary>The kind of failure.</summary>
    internal static ImagePullFailure Classify(string message) =>
        message switch
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

    private static string Unauthorized(string registry, ImageRequest request, RegistryCredential? credential) =>
        (credential, request) switch
        {
            ({ }, _) => $"the registry {registry} refuses the login of spec.imagePullSecrets, or has no such image",
            (null, { HasSecrets: true }) =>
                $"the registry {registry} requires a login, and no Secret of spec.imagePullSecrets has one for it",
            _ =>
                $"the registry {registry} requires a login, or has no such image; name a Secret with a login for it in spec.imagePullSecrets",
        };

    private static string WhyUnreachable(string message) =>
        message switch
        {
            _ when NoAddress.IsMatch(message) => "its name has no address",
            _ when message.Contains("connection refused", StringComparison.OrdinalIgnoreCase) => "it refuses the connection",
            _ when NoAnswer.IsMatch(message) => "it does not answer in time",
            _ when NoRoute.IsMatch(message) => "the node has no route to it",
            _ when ServerError.IsMatch(message) => "it answers with an error of its own",
            _ => "the connection breaks off",
        };

    private static string WhyNoTls(string message) =>
        message switch
        {
            _ when message.Contains("unknown authority", StringComparison.OrdinalIgnoreCase) =>
                "its certificate is signed by an authority that the node does not know",
            _ when message.Contains("has expired or is not yet valid", StringComparison.OrdinalIgnoreCase) =>
                "its certificate is not valid now",
            _ when OtherName.IsMatch(message) => "its certificate is for another name",
            _ when NoTls.IsMatch(message) => "it does not speak TLS",
            _ => "its certificate or its TLS is not accepted",
        };

    private static string Basic(RegistryCredential credential) =>
        Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Password}"));

    [GeneratedRegex(@"toomanyrequests|too many requests|\b429\b|rate limit", Options, 1000)]
    private static partial Regex RateLimited { get; }

    [GeneratedRegex(@"no image found in (manifest list|image index) for architecture", Options, 1000)]
    private static partial Regex OtherPlatform { get; }

    [GeneratedRegex(@"no space left on device|disk quota exceeded", Options, 1000)]
    private static partial Regex NoSpace { get; }

    [GeneratedRegex(
        @"unauthorized|authentication required|invalid username/password|access to the resource is denied|\bdenied:|\b40[13] \(|\b403 forbidden",
        Options,
        1000
    )]
    private static partial Regex Unauthorised { get; }

    [GeneratedRegex(
        @"manifest unknown|name unknown|name invalid|repository name not known|\b404 \(?not found|manifest for .* not found",
        Options,
        1000
    )]
    private static partial Regex NotFound { get; }

    [GeneratedRegex(@"x509:|\btls:|server gave HTTP response to HTTPS client|certificate", Options, 1000)]
    private static partial Regex Tls { get; }

    [GeneratedRegex(
        @"dial tcp|no such host|connection (refused|reset)|i/o timeout|no route to host|network is unreachable|context deadline exceeded|timeout awaiting|unexpected EOF|: EOF|broken pipe|\b50[234] \(",
        Options,
        1000
    )]
    private static partial Regex Unreachable { get; }

    [GeneratedRegex(@"no such host|server misbehaving|name resolution", Options, 1000)]
    private static partial Regex NoAddress { get; }

    [GeneratedRegex(@"i/o timeout|context deadline exceeded|timeout awaiting", Options, 1000)]
    private static partial Regex NoAnswer { get; }

    [GeneratedRegex(@"no route to host|network is unreachable", Options, 1000)]
    private static partial Regex NoRoute { get; }

    [GeneratedRegex(@"\b50[234] \(", Options, 1000)]
    private static partial Regex ServerError { get; }

    [GeneratedRegex(
        @"certificate is (valid for|not valid for any names)|doesn't contain any IP SANs|relies on legacy Common Name",
        Options,
        1000
    )]
    private static partial Regex OtherName { get; }

    [GeneratedRegex(@"first record does not look like a TLS handshake|server gave HTTP response to HTTPS client", Options, 1000)]
    private static partial Regex NoTls { get; }
}
