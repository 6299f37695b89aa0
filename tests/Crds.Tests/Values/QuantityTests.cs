using System.Globalization;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Tests.Values;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("2", "2")]
    [InlineData("-1", "-1")]
    [InlineData("+1", "1")]
    [InlineData("500m", "0.5")]
    [InlineData("512Mi", "536870912")]
    [InlineData("1.5Gi", "1610612736")]
    [InlineData(".5Ki", "512")]
    [InlineData("5.", "5")]
    [InlineData("2k", "2000")]
    [InlineData("1e3", "1000")]
    [InlineData("1E3", "1000")]
    [InlineData("5e-1", "0.5")]
    [InlineData("1E", "1000000000000000000")]
    [InlineData("7Ei", "8070450532247928832")]
    [InlineData("1n", "0.000000001")]
    public void Value_Quantity_IsItsAmount(string text, string value)
    {
        var quantity = new Quantity(text);

        Assert.Equal(decimal.Parse(value, CultureInfo.InvariantCulture), quantity.Value);
        Assert.Equal(text, quantity.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mi")]
    [InlineData("1mi")]
    [InlineData("1K")]
    [InlineData("1 Mi")]
    [InlineData("1Mi ")]
    [InlineData("1-2")]
    [InlineData("--1")]
    [InlineData("1.2.3")]
    [InlineData("0x10")]
    [InlineData("8Ei")]
    [InlineData("1e19")]
    [InlineData("1e100")]
    [InlineData("1e")]
    [InlineData("99999999999999999999999999999999")]
    public void Value_NoQuantity_KeepsTheText(string text)
    {
        var quantity = new Quantity(text);

        Assert.False(quantity.IsValid);
        Assert.Null(quantity.Value);
        Assert.Null(quantity.WholeUnits);
        Assert.Equal(text, quantity.Text);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1500, "1500")]
    [InlineData(2048, "2Ki")]
    [InlineData(536870912, "512Mi")]
    [InlineData(1610612736, "1536Mi")]
    public void FromBytes_Number_IsShortAndReadsBack(long bytes, string text)
    {
        Assert.Equal(text, Quantity.FromBytes(bytes).Text);
        Assert.Equal(bytes, Quantity.FromBytes(bytes).WholeUnits);
    }

    [Theory]
    [InlineData(500, "500m")]
    [InlineData(2000, "2")]
    [InlineData(1500, "1500m")]
    public void FromThousandths_Number_ReadsBack(long thousandths, string text)
    {
        Assert.Equal(text, Quantity.FromThousandths(thousandths).Text);
        Assert.Equal(thousandths, Quantity.FromThousandths(thousandths).Thousandths);
    }

    [Fact]
    public void WholeUnits_Fraction_IsRoundedUp()
    {
        Assert.Equal(1, new Quantity("1m").WholeUnits);
        Assert.Equal(1, new Quantity("1u").Thousandths);
        Assert.Null(new Quantity("7Ei").Thousandths);
    }

    [Fact]
    public void CompareTo_DifferentWriting_ComparesAmounts()
    {
        Assert.Equal(new Quantity("1"), new Quantity("1000m"));
        Assert.Equal(new Quantity("1").GetHashCode(), new Quantity("1000m").GetHashCode());
        Assert.True(new Quantity("1Gi") > new Quantity("1000Mi"));
        Assert.True(new Quantity("lots") < new Quantity("-1"));
    }
}
