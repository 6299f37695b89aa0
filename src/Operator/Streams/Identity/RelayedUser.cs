using System.Text.Json;

namespace Stromboli.Operator.Streams.Identity;

/// <summary>
/// How one replica names the user to another: as JSON in one header. The headers of the API server do not survive an HTTP client that
/// joins the values of repeated headers with commas.
/// </summary>
internal static class RelayedUser
{
    /// <summary>The header.</summary>
    public const string Header = "Stromboli-User";

    /// <summary>Writes the user into a request to another replica.</summary>
    public static void Write(UserIdentity user, HttpRequestMessage request) =>
        request.Headers.Add(Header, Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(user, IdentityJson.Default.UserIdentity)));

    /// <summary>Reads the user; null if there is none.</summary>
    public static UserIdentity? Read(IHeaderDictionary headers)
    {
        try
        {
            return headers[Header] is [{ } text]
                ? JsonSerializer.Deserialize(Convert.FromBase64String(text), IdentityJson.Default.UserIdentity)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
