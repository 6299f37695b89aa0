using Stromboli.Operator.Authorization;

namespace Stromboli.Operator.Tests.Authorization;

public sealed class TokenRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"aud":["stromboli"]}""")]
    [InlineData("""{"aud":"stromboli","exp":1767268800}""")]
    [InlineData("""{"aud":["other","stromboli"],"exp":1767268700}""")]
    public void Problem_PossibleToken_IsNull(string claims) => Assert.Null(TokenRules.Problem(TestTokens.OfClaims(claims), Now));

    [Theory]
    [InlineData("""{"aud":["https://kubernetes.default.svc"]}""", "audience stromboli")]
    [InlineData("""{"aud":[["stromboli"],7]}""", "audience stromboli")]
    [InlineData("""{"aud":{"stromboli":1}}""", "audience stromboli")]
    [InlineData("""{}""", "audience stromboli")]
    [InlineData("""["stromboli"]""", "not a JSON Web Token")]
    [InlineData("""{"aud":"stromboli",""", "not a JSON Web Token")]
    [InlineData("""{"aud":"stromboli","exp":1767268000}""", "has expired")]
    public void Problem_ImpossibleToken_IsNamed(string claims, string sentence) =>
        Assert.Contains(sentence, TokenRules.Problem(TestTokens.OfClaims(claims), Now), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("token")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("e30.!!!.x")]
    public void Problem_NotAToken_IsNamed(string token) =>
        Assert.Contains("not a JSON Web Token", TokenRules.Problem(token, Now), StringComparison.Ordinal);

    [Fact]
    public void Problem_TooLong_IsNamedWithoutParsing() =>
        Assert.Contains("characters", TokenRules.Problem(new string('a', 20_000), Now), StringComparison.Ordinal);
}
