namespace Stromboli.Operator.Certificates;

/// <summary>
/// Decides when the next authority replaces the signing one. Every bridge trusts an authority for a year before it signs.
/// </summary>
internal static class AuthorityRotation
{
    /// <summary>The remaining lifetime of the signing authority at which the next one is made and published.</summary>
    public static readonly TimeSpan PublishNextAt = TimeSpan.FromDays(730);

    /// <summary>How long the next authority is published before it signs.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(365);

    /// <summary>
    /// The remaining lifetime of the signing authority at which the next one takes over, even if it was published for a shorter time.
    /// </summary>
    public static readonly TimeSpan TakeOverAt = TimeSpan.FromDays(30);

    /// <summary>Returns the bundle as it should be now; the same instance if nothing changes.</summary>
    public static AuthorityBundle Advance(AuthorityBundle bundle, DateTimeOffset now)
    {
        var left = bundle.Signing.NotAfter - now;
        if (bundle.Next is null && left < PublishNextAt)
        {
            var next = SigningAuthority.Create(now);
            bundle = bundle with { Next = next, Trusted = [.. bundle.Trusted, AuthorityBundle.WithoutKey(next)] };
        }

        if (bundle.Next is { } waiting && (left <= TakeOverAt || Published(waiting, now) >= Overlap))
        {
            bundle = bundle with { Signing = waiting, Next = null };
        }

        return DropExpired(bundle, now);
    }

    private static TimeSpan Published(SigningAuthority authority, DateTimeOffset now) =>
        now.UtcDateTime - authority.Certificate.NotBefore.ToUniversalTime();

    private static AuthorityBundle DropExpired(AuthorityBundle bundle, DateTimeOffset now) =>
        bundle.Trusted.Any(c => c.NotAfter.ToUniversalTime() < now.UtcDateTime)
            ? bundle with
            {
                Trusted = [.. bundle.Trusted.Where(c => c.NotAfter.ToUniversalTime() >= now.UtcDateTime)],
            }
            : bundle;
}
