using System.Net;

namespace Stromboli.Operator.Hosting;

/// <summary>The operator's own model origin: the one origin that may be on loopback and without TLS.</summary>
internal static class ModelOrigin
{
    /// <summary>Reads it; null if it is no origin.</summary>
    public static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.UserInfo.Length == 0
        && url.Query.Length == 0
        && url.Fragment.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && IsLoopback(url)))
            ? url
            : null;

    private static bool IsLoopback(Uri url) =>
        url.IdnHost == "localhost" || (IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
