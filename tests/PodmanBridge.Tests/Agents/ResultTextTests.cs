using System.Security.Cryptography;
using System.Text;
using Stromboli.PodmanBridge.Agents;

namespace Stromboli.PodmanBridge.Tests.Agents;

public sealed class ResultTextTests
{
    [Theory]
    [InlineData("", 8, "", false)]
    [InlineData("hello", 8, "hello", false)]
    [InlineData("12345678", 8, "12345678", false)]
    [InlineData("123456789", 8, "23456789", true)]
    [InlineData("xxxxxxxäöü", 6, "äöü", true)]
    [InlineData("xxxxxxxäöü", 5, "öü", true)]
    [InlineData("aaaa🌋", 4, "🌋", true)]
    [InlineData("aaaa🌋", 3, "", true)]
    [InlineData("a\0b", 8, "a\uFFFDb", false)]
    [InlineData("a\0b", 4, "\uFFFDb", true)]
    public void ToResult_Text_IsTheTailCutAtACharacter(string whole, int statusBytes, string tail, bool truncated)
    {
        foreach (var piece in new[] { 1, 2, 3, 5, 1000 })
        {
            var result = Read(Encoding.UTF8.GetBytes(whole), statusBytes, piece);

            Assert.Equal(tail, result.Text);
            Assert.Equal(truncated, result.Truncated);
            Assert.Equal(Encoding.UTF8.GetByteCount(whole), result.Bytes);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole))), result.Sha256);
        }
    }

    [Fact]
    public void ToResult_InvalidUtf8_IsReplaced()
    {
        var result = Read([(byte)'a', 0xFF, 0xC3, (byte)'b', 0xED, 0xA0, 0x80], 64, 2);

        Assert.Equal("a\uFFFD\uFFFDb\uFFFD\uFFFD\uFFFD", result.Text);
        Assert.False(result.Truncated);
    }

    [Fact]
    public void ToResult_AnyBytes_IsValidAndWithinTheBound()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            var statusBytes = random.Next(1, 64);

            var result = Read(bytes, statusBytes, random.Next(1, 50));

            Assert.True(Encoding.UTF8.GetByteCount(result.Text!) <= statusBytes);
            Assert.DoesNotContain('\0', result.Text!);
            Assert.Equal(bytes.Length, result.Bytes);
        }
    }

    private static Crds.Runs.RunResult Read(byte[] bytes, int statusBytes, int piece)
    {
        using var text = new ResultText(statusBytes);
        foreach (var chunk in bytes.Chunk(piece))
        {
            text.Append(chunk);
        }

        return text.ToResult();
    }
}
