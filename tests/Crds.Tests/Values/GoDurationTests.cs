using Stromboli.Crds.Values;

namespace Stromboli.Crds.Tests.Values;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("90s", 90_000)]
    [InlineData("30m", 1_800_000)]
    [InlineData("30m0s", 1_800_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData(".5s", 500)]
    [InlineData("1.s", 1_000)]
    [InlineData("-2m", -120_000)]
    [InlineData("+2m", 120_000)]
    [InlineData("1500us", 1.5)]
    [InlineData("1500µs", 1.5)]
    [InlineData("1500000ns", 1.5)]
    public void Value_Duration_IsItsLength(string text, double milliseconds)
    {
        var duration = new GoDuration(text);

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration.Value);
        Assert.Equal(text, duration.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("3x")]
    [InlineData("s")]
    [InlineData(".s")]
    [InlineData("1.2.3s")]
    [InlineData("3 s")]
    [InlineData("3S")]
    [InlineData("--3s")]
    [InlineData("3s-")]
    [InlineData("1d")]
    [InlineData("9999999999h")]
    [InlineData("99999999999999999999999999999999s")]
    [InlineData("2562047h2562047h")]
    public void Value_NoDuration_KeepsTheText(string text)
    {
        var duration = new GoDuration(text);

        Assert.False(duration.IsValid);
        Assert.Null(duration.Value);
        Assert.Equal(text, duration.Text);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(90_000, "1m30s")]
    [InlineData(1_800_000, "30m")]
    [InlineData(5_400_000, "1h30m")]
    [InlineData(3_600_000, "1h")]
    [InlineData(36_000_001, "10h0.001s")]
    [InlineData(1_250, "1.25s")]
    [InlineData(850, "850ms")]
    [InlineData(0.25, "250us")]
    [InlineData(-90_000, "-1m30s")]
    public void Format_TimeSpan_IsShortAndReadsBack(double milliseconds, string text)
    {
        var value = TimeSpan.FromMilliseconds(milliseconds);

        Assert.Equal(text, GoDuration.Format(value));
        Assert.Equal(value, new GoDuration(value).Value);
    }

    [Fact]
    public void Format_ExtremesOfTimeSpan_DoNotOverflow()
    {
        Assert.StartsWith("-256204778h", GoDuration.Format(TimeSpan.MinValue));
        Assert.StartsWith("256204778h", GoDuration.Format(TimeSpan.MaxValue));
    }

    [Fact]
    public void CompareTo_DifferentWriting_ComparesLength()
    {
        Assert.Equal(new GoDuration("90s"), new GoDuration("1m30s"));
        Assert.Equal(new GoDuration("90s").GetHashCode(), new GoDuration("1m30s").GetHashCode());
        Assert.True(new GoDuration("1h") > new GoDuration("59m"));
        Assert.True(new GoDuration("nonsense") < new GoDuration("-1h"));
        Assert.NotEqual(new GoDuration("nonsense"), new GoDuration("other"));
        Assert.Equal("0s", default(GoDuration).Text);
        Assert.Equal(TimeSpan.Zero, default(GoDuration).Value);
    }
}
