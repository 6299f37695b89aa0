using System.Buffers.Text;
using System.Text.Json;

namespace Stromboli.Operator.Authorization;

/// <summary>
/// The lifetime of a ServiceAccount token, from its claims (RFC 7519). Trustworthy only for a token that TokenReview has accepted.
/// </summary>
/// <param name="IssuedAt">The claim <c>iat</c>; null if absent.</param>
/// <param name="ExpiresAt">The claim <c>exp</c>; null if absent.</param>
internal readonly record struct TokenLifetime(DateTimeOffset? IssuedAt, DateTimeOffset? ExpiresAt)
{
    // 9999-12-31, the end of DateTimeOffset.
    private const double MaxSeconds = 253402300799;

    /// <summary>When the token is renewed: after two thirds of its lifetime.</summary>
    public DateTimeOffset? RenewAt => (IssuedAt, ExpiresAt) is ({ } begin, { } end) && end > begin ? begin + ((end - begin) * 2 / 3) : null;

    /// <summary>Reads a token's claims. A claim that cannot be read counts as absent.</summary>
    public static TokenLifetime Read(string token)
    {
        using var claims = Claims(token);
        return claims is null ? default : Read(claims.RootElement);
    }

    /// <summary>Reads the times from the claims of a token.</summary>
    public static TokenLifetime Read(JsonElement claims) => new(Time(claims, "iat"), Time(claims, "exp"));

    /// <summary>The unverified claims of a token; null if they cannot be read.</summary>
    public static JsonDocument? Claims(string token)
    {
        var parts = token.Split('.', 4);
        if (parts.Length != 3 || !Base64Url.IsValid(parts[1]))
        {
            return null;
        }

        try
        {
            var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]), new() { MaxDepth = 16 });
            if (claims.RootElement.ValueKind == JsonValueKind.Object)
            {
                return claims;
            }

            claims.Dispose();
        }
        catch (JsonException)
        {
            // Not a JSON Web Token.
        }

        return null;
    }

    private static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var claim)
        && claim.ValueKind == JsonValueKind.Number
        && claim.TryGetDouble(out var seconds)
        && seconds is >= 0 and <= MaxSeconds
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;
}
