using System.Buffers.Text;
using System.Text.Json;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// When a ServiceAccount token began and ends, read from its claims (RFC 7519). Only good for a token that TokenReview has accepted.
/// </summary>
/// <param name="IssuedAt">The claim <c>iat</c>; null if it has none.</param>
/// <param name="ExpiresAt">The claim <c>exp</c>; null if it has none.</param>
internal readonly record struct TokenTimes(DateTimeOffset? IssuedAt, DateTimeOffset? ExpiresAt)
{
    // 9999-12-31, past which DateTimeOffset ends.
    private const double MaxSeconds = 253402300799;

    /// <summary>What a token gets after which it is renewed: two thirds of its life.</summary>
    public DateTimeOffset? RenewAt => (IssuedAt, ExpiresAt) is ({ } begin, { } end) && end > begin ? begin + ((end - begin) * 2 / 3) : null;

    /// <summary>Reads a token's claims; what cannot be read counts as absent.</summary>
    public static TokenTimes Read(string token)
    {
        using var claims = Claims(token);
        return claims is null ? default : Read(claims.RootElement);
    }

    /// <summary>Reads them out of a token's claims.</summary>
    public static TokenTimes Read(JsonElement claims) => new(Time(claims, "iat"), Time(claims, "exp"));

    /// <summary>The claims of a token, an object that nobody has vouched for; null if it has none that can be read.</summary>
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
            // No token of the kind.
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
