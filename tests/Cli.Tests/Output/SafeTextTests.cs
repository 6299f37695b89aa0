using System.Text;
using Stromboli.Cli.Output;

namespace Stromboli.Cli.Tests.Output;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain ü 漢 😀", "plain ü 漢 😀")]
    [InlineData("a\e]0;title\ab", "a�]0;title�b")]
    [InlineData("a\u009b31mb", "a�31mb")]
    [InlineData("safe\rEVIL", "safeEVIL")]
    [InlineData("a\u202Etxt.exe", "a�txt.exe")]
    [InlineData("line\n\ttab", "line\n\ttab")]
    [InlineData("\0\u007f", "��")]
    public void Block_ControlCharacters_AreReplaced(string text, string expected) => Assert.Equal(expected, SafeText.Block(text));

    [Fact]
    public void Line_LineEnds_BecomeSpaces() => Assert.Equal("a b c", SafeText.Line(" a\nb\tc\n"));

    [Fact]
    public void Sink_BytesOneByOne_AreTheSameText()
    {
        var written = new StringWriter();
        var sink = new SafeTextSink(written);
        foreach (var one in Encoding.UTF8.GetBytes("ü😀\e[2J\u009bx"))
        {
            sink.Write([one]);
        }

        sink.Write([(byte)'a', 0x9b, (byte)'m', 0xff, (byte)'\n']);

        Assert.Equal("ü😀�[2J�xa�m�\n", written.ToString());
    }
}
