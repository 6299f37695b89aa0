using System.Net;

namespace Stromboli.Operator.Hosting;

/// <summary>Parses the operator's model origin, the only origin that may be on loopback and without TLS.</summary>
internal static class ModelBaseUrl
{
    /// <summary>Parses the origin; null if the text is not one.</summary>
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
