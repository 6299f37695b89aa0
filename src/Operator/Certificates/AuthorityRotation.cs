namespace Stromboli.Operator.Certificates;

/// <summary>When an authority gives way to the next, so that every bridge has trusted the new one for a year before it signs.</summary>
internal static class AuthorityRotation
{
    /// <summary>What is left of the signing authority when the next one is made and published.</summary>
    public static readonly TimeSpan PublishNextAt = TimeSpan.FromDays(730);

    /// <summary>How long the next one is published before it signs.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(365);

    /// <summary>What is left of the signing authority when the next one takes over however short it was published.</summary>
    public static readonly TimeSpan TakeOverAt = TimeSpan.FromDays(30);

    /// <summary>The bundle as it should be at a moment; the same instance when nothing is to do.</summary>
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
