using System.Text.Json;
using Stromboli.NodeLink;

namespace Stromboli.Operator.Authorization;

/// <summary>
/// Checks by its claims whether a token can be a ServiceAccount token for the hub; pure. Only the API server can verify the claims.
/// </summary>
internal static class TokenRules
{
    /// <summary>Longer than any ServiceAccount token.</summary>
    public const int MaxLength = 16 * 1024;

    // The clocks of the operator and the API server may differ.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Why the token cannot be valid, as a sentence; null if it may be valid.</summary>
    public static string? Problem(string token, DateTimeOffset now)
    {
        if (token.Length > MaxLength)
        {
            return $"The operator does not accept the token: it has more than {MaxLength} characters.";
        }

        using var claims = TokenLifetime.Claims(token);
        if (claims is null)
        {
            return "The operator does not accept the token: it is not a JSON Web Token.";
        }

        if (!Audiences(claims.RootElement).Contains(NodeLinkProtocol.Audience))
        {
            return $"The token is not for the audience {NodeLinkProtocol.Audience}.";
        }

        return TokenLifetime.Read(claims.RootElement).ExpiresAt is { } end && end + Skew < now
            ? "The operator does not accept the token: it has expired."
            : null;
    }

    // RFC 7519: one string or an array of strings.
    private static IEnumerable<string?> Audiences(JsonElement claims) =>
        claims.TryGetProperty("aud", out var audience)
            ? audience.ValueKind switch
            {
                JsonValueKind.String => [audience.GetString()],
                JsonValueKind.Array => audience
                    .EnumerateArray()
                    .Where(one => one.ValueKind == JsonValueKind.String)
                    .Select(one => one.GetString()),
                _ => [],
            }
            : [];
}
