using System.Text;
using Stromboli.Gateway.Model;

namespace Stromboli.Gateway.Tests.Model;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("secret-123", "nothing here", "nothing here")]
    [InlineData("secret-123", "a secret-123 b secret-123", "a ********** b **********")]
    [InlineData("secret-123", "secret-12secret-123", "secret-12**********")]
    [InlineData("secret-123", "ends with secret-12", "ends with secret-12")]
    [InlineData("aaaaaaaab", "aaaaaaaaaaaaaab", "aaaaaa*********")]
    [InlineData("aaaaaaaa", "aaaaaaaaaaaaaaaaa", "****************a")]
    [InlineData("short", "short", "short")]
    public void Next_AnyPieces_NeverLetsTheSecretPass(string secret, string whole, string masked)
    {
        for (var piece = 1; piece <= whole.Length; piece++)
        {
            Assert.Equal(masked, Pass(secret, whole, piece));
        }
    }

    [Fact]
    public void Next_NoBeginningOfTheSecret_HoldsNothingBack()
    {
        var mask = new SecretMask("secret-123");

        Assert.Equal(5, mask.Next("hello"u8).Length);
        Assert.Equal(3, mask.Next("abcsec"u8).Length);
        Assert.Equal(6, mask.Next("xyz"u8).Length);
    }

    private static string Pass(string secret, string whole, int piece)
    {
        var mask = new SecretMask(secret);
        var passed = new StringBuilder();
        foreach (var chunk in Encoding.ASCII.GetBytes(whole).Chunk(piece))
        {
            passed.Append(Encoding.ASCII.GetString(mask.Next(chunk).Span));
        }

        return passed.Append(Encoding.ASCII.GetString(mask.Rest().Span)).ToString();
    }
}
