using System.Text;
using System.Text.Json;
using Stromboli.Operator.Pricing;

namespace Stromboli.Operator.Tests.Pricing;

public sealed class PriceTableTests
{
    [Fact]
    public void BuiltIn_EveryModel_HasConsistentPrices()
    {
        Assert.InRange(PriceTable.BuiltIn.Taken, new DateOnly(2026, 1, 1), DateOnly.MaxValue);
        Assert.NotEmpty(PriceTable.BuiltIn.Models);
        Assert.All(
            PriceTable.BuiltIn.Models,
            p =>
            {
                Assert.StartsWith("claude-", p.Model, StringComparison.Ordinal);
                Assert.True(
                    p.CacheRead < p.Input && p.Input < p.CacheWrite && p.CacheWrite < p.CacheWriteHour && p.CacheWriteHour < p.Output,
                    p.Model
                );
            }
        );
    }

    [Theory]
    [InlineData("claude-opus-4-1-20250805", 15)]
    [InlineData("claude-opus-4-5-20251101", 5)]
    [InlineData("claude-opus-5-5", 4)]
    [InlineData("claude-fable-5-2", 8)]
    [InlineData("claude-sonnet-4-5-20250929", 3)]
    [InlineData("claude-sonnet-5-5", 2)]
    public void BuiltIn_LongestPrefix_HasThePublishedPrice(string model, decimal input) =>
        Assert.Equal(
            input,
            PriceTable.BuiltIn.Models.Where(p => model.StartsWith(p.Model, StringComparison.Ordinal)).MaxBy(p => p.Model.Length)!.Input
        );

    [Fact]
    public void Allow_ProviderTools_HaveTheirPriceIfKnown() =>
        Assert.Equal(
            [("web_search", 10m), ("code_execution", null)],
            PriceTable.BuiltIn.Allow(["web_search", "code_execution"]).Select(tool => (tool.Name, tool.PerThousandUSD))
        );

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"taken":"2026-10-24","models":null}""")]
    [InlineData("""{"taken":"2026-10-24","models":[null]}""")]
    [InlineData("""{"taken":"2026-10-24","models":[{"model":"m"}]}""")]
    [InlineData("""{"taken":"2026-10-24","models":[{"model":"","input":1,"output":1,"cacheRead":1,"cacheWrite":1,"cacheWriteHour":1}]}""")]
    [InlineData(
        """{"taken":"2026-10-24","models":[{"model":"m","input":-1,"output":1,"cacheRead":1,"cacheWrite":1,"cacheWriteHour":1}]}"""
    )]
    [InlineData(
        """{"taken":"2026-10-24","models":[{"model":"m","input":1,"output":1,"cacheRead":1,"cacheWrite":1,"cacheWriteHour":1,"batch":1}]}"""
    )]
    [InlineData(
        """{"taken":"2026-10-24","models":[{"model":"m","input":1,"output":1,"cacheRead":1,"cacheWrite":1,"cacheWriteHour":1},{"model":"m","input":1,"output":1,"cacheRead":1,"cacheWrite":1,"cacheWriteHour":1}]}"""
    )]
    [InlineData("""{"taken":"2026-10-24","models":[],"serverTools":[{"name":"t"}]}""")]
    [InlineData("""{"taken":"2026-10-24","models":[],"serverTools":[{"name":"t","perThousandUSD":-1}]}""")]
    [InlineData("""{"taken":"2026-10-24","models":[],"serverTools":[{"name":"t","perThousandUSD":1},{"name":"t","perThousandUSD":1}]}""")]
    [InlineData("""{"models":[]}""")]
    [InlineData("""{"taken":"lately","models":[]}""")]
    public void Parse_InvalidTable_IsRefused(string json)
    {
        var error = Record.Exception(() => PriceTable.Parse(Encoding.UTF8.GetBytes(json)));

        Assert.True(error is JsonException or FormatException, error?.ToString());
    }
}
