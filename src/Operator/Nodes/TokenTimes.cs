using System.Buffers.Text;
using System.Text.Json;

namespace Stromboli.Operator.Nodes;

/// <summary>When a ServiceAccount token began and ends, read from its claims (RFC 7519). Only good for a token that TokenReview has accepted.</summary>
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
        var parts = token.Split('.');
        if (parts.Length != 3 || !Base64Url.IsValid(parts[1]))
            return default;
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]), new() { MaxDepth = 16 });
            return claims.RootElement.ValueKind == JsonValueKind.Object
                ? new TokenTimes(Time(claims.RootElement, "iat"), Time(claims.RootElement, "exp"))
                : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var claim) && claim.ValueKind == JsonValueKind.Number && claim.TryGetDouble(out var seconds) && seconds is >= 0 and <= MaxSeconds
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;
}
