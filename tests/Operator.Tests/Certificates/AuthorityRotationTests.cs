using System.Security.Cryptography.X509Certificates;
using Stromboli.Operator.Certificates;

namespace Stromboli.Operator.Tests.Certificates;

public sealed class AuthorityRotationTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Advance_FreshBundle_IsUnchanged()
    {
        var bundle = AuthorityBundle.Create(Start);

        Assert.Same(bundle, AuthorityRotation.Advance(bundle, Start.AddYears(7)));
    }

    [Fact]
    public void Advance_MonthByMonthForThirtyYears_NeverSignsWithWhatBridgesHaveNotTrustedForAYear()
    {
        var bundle = AuthorityBundle.Create(Start);
        var trustedSince = new Dictionary<string, DateTimeOffset>();
        var signers = new HashSet<string>();
        for (var month = 0; month < 360; month++)
        {
            var now = Start.AddMonths(month);
            bundle = AuthorityRotation.Advance(Stored(bundle), now);
            foreach (var certificate in bundle.Trusted)
            {
                trustedSince.TryAdd(certificate.Thumbprint, now);
            }

            signers.Add(bundle.Signing.Certificate.Thumbprint);
            Assert.True(bundle.Signing.NotAfter > now.AddDays(364));
            Assert.Contains(bundle.Trusted, c => c.Thumbprint == bundle.Signing.Certificate.Thumbprint);
            Assert.True(signers.Count == 1 || trustedSince[bundle.Signing.Certificate.Thumbprint] <= now.AddDays(-330));
            Assert.InRange(bundle.Trusted.Count, 1, 3);
            Assert.All(bundle.Trusted, c => Assert.True(c.NotAfter.ToUniversalTime() > now.UtcDateTime));
        }

        Assert.Equal(4, signers.Count);
    }

    [Fact]
    public void Advance_OperatorAwayForTwentyYears_StartsOver()
    {
        var bundle = AuthorityRotation.Advance(AuthorityBundle.Create(Start), Start.AddYears(20));

        Assert.True(bundle.Signing.NotAfter > Start.AddYears(29));
        Assert.Equal(bundle.Signing.Certificate.Thumbprint, Assert.Single(bundle.Trusted).Thumbprint);
    }

    [Fact]
    public void ToSecret_WithNext_ReadsBackTheSame()
    {
        var bundle = AuthorityRotation.Advance(AuthorityBundle.Create(Start), Start.AddYears(9));

        var read = Stored(bundle);

        Assert.NotNull(read.Next);
        Assert.Equal(bundle.Next!.Certificate.Thumbprint, read.Next.Certificate.Thumbprint);
        Assert.True(read.Next.Certificate.HasPrivateKey);
        Assert.Equal(bundle.TrustedPem, read.TrustedPem);
        Assert.DoesNotContain("PRIVATE", read.TrustedPem, StringComparison.Ordinal);
        Assert.All(bundle.Trusted, c => Assert.False(c.HasPrivateKey));
    }

    [Fact]
    public void Issue_BothAuthoritiesOfAnOverlap_AreTrustedByTheBundle()
    {
        var now = TimeProvider.System.GetUtcNow();
        var bundle = AuthorityRotation.Advance(AuthorityBundle.Create(now.AddYears(-8).AddDays(-30)), now);
        Assert.NotNull(bundle.Next);

        foreach (var authority in new[] { bundle.Signing, bundle.Next })
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.AddRange(bundle.Trusted.ToArray());
            Assert.True(chain.Build(authority.Issue(ServingName.ForHub("ns", []), now, TimeSpan.FromDays(30))));
        }
    }

    private static AuthorityBundle Stored(AuthorityBundle bundle) => AuthorityBundle.FromSecret(bundle.ToSecret());
}
