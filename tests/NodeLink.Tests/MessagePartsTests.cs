namespace Stromboli.NodeLink.Tests;

public sealed class MessagePartsTests
{
    [Fact]
    public void Of_NoItems_IsOneLastPart()
    {
        var (items, last) = Assert.Single(MessageParts.Of<string>([], item => item.Length));

        Assert.Empty(items);
        Assert.True(last);
    }

    [Fact]
    public void Of_ManyLargeItems_AreSplitByBytesAndComplete()
    {
        var items = Enumerable.Range(0, 100).Select(i => (i, Bytes: MessageParts.MaxBytes / 10)).ToList();

        var parts = MessageParts.Of(items, item => item.Bytes).ToList();

        Assert.All(parts, part => Assert.InRange(part.Items.Sum(item => item.Bytes + 1), 1, MessageParts.MaxBytes));
        Assert.Equal(items, parts.SelectMany(part => part.Items));
        Assert.Equal(parts.Select((_, i) => i == parts.Count - 1), parts.Select(part => part.IsLast));
    }

    [Fact]
    public void Of_ItemLargerThanAPart_IsAPartOfItsOwn()
    {
        int[] sizes = [1, 2 * MessageParts.MaxBytes, 1];

        Assert.Equal([1, 1, 1], MessageParts.Of(sizes, size => size).Select(part => part.Items.Count));
    }

    [Fact]
    public void Of_ItemsOfALaterPart_AreEnumeratedWithIt()
    {
        var asked = 0;
        var items = Enumerable
            .Range(0, 10)
            .Select(i =>
            {
                asked++;
                return i;
            });

        using var parts = MessageParts.Of(items, _ => MessageParts.MaxBytes / 2).GetEnumerator();

        Assert.True(parts.MoveNext());
        Assert.InRange(asked, 1, 3);
    }

    [Fact]
    public void First_MoreItemsThanFit_AreTheFirst() =>
        Assert.Equal([0, 1, 2], MessageParts.First(Enumerable.Range(0, 10), _ => MessageParts.MaxBytes * 3 / 10));
}
