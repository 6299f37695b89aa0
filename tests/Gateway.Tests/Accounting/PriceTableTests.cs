using Stromboli.Gateway.Accounting;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Tests.Accounting;

public sealed class PriceTableTests
{
    private static readonly ModelPrice[] Prices =
    [
        .. new[] { "claude-opus-5", "claude-haiku-4-5", "claude-haiku-4-5-20251001", "house-*", "house-large-*", "*" }.Select(Price),
    ];

    [Theory]
    [InlineData("claude-opus-5", "claude-opus-5")]
    [InlineData("claude-opus-5-20260601", "claude-opus-5")]
    [InlineData("claude-opus-5@20260601", "claude-opus-5")]
    [InlineData("claude-opus-5-latest", "claude-opus-5")]
    [InlineData("claude-haiku-4-5-20251001", "claude-haiku-4-5-20251001")]
    [InlineData("claude-haiku-4-5-20260101", "claude-haiku-4-5")]
    [InlineData("house-small", "house-*")]
    [InlineData("house-large-2", "house-large-*")]
    [InlineData("Claude-opus-5", "*")]
    public void Find_NameSnapshotOrBeginning_HasThatPrice(string model, string price) =>
        Assert.Equal(price, PriceTable.Find(Prices, model)?.Model);

    [Theory]
    [InlineData("claude-opus-5-7")]
    [InlineData("claude-opus-5-fast")]
    [InlineData("claude-opus-5-latest-20260601")]
    [InlineData("claude-opus-50")]
    [InlineData("claude-opus")]
    [InlineData("claude-opus-5-20260601\n")]
    [InlineData("house")]
    [InlineData("")]
    public void Find_AnotherModel_HasNoPrice(string model) => Assert.Null(PriceTable.Find([.. Prices.SkipLast(1)], model));

    // An agent chooses the model, so only the table may name a series of a metric.
    [Theory]
    [InlineData("claude-opus-5-20260601", "claude-opus-5")]
    [InlineData("house-small", "house")]
    [InlineData("house-small-2", "house")]
    [InlineData("made-up", "other")]
    [InlineData("", "other")]
    [InlineData(null, "other")]
    public void LabelOf_AnyModel_IsANameOfTheTable(string? model, string label) => Assert.Equal(label, ModelPrices.LabelOf(Prices, model));

    private static ModelPrice Price(string model) =>
        new()
        {
            Model = model,
            Input = 1,
            Output = 1,
            CacheRead = 1,
            CacheWrite = 1,
            CacheWriteHour = 1,
        };
}
