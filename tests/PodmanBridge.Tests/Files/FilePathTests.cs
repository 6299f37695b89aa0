using System.Text;
using Stromboli.PodmanBridge.Files;

namespace Stromboli.PodmanBridge.Tests.Files;

public sealed class FilePathTests
{
    public static TheoryData<byte[], string> Names =>
        new()
        {
            { "plain.txt"u8.ToArray(), "plain.txt" },
            { "Grüße 🦩"u8.ToArray(), "Grüße 🦩" },
            { @"back\slash"u8.ToArray(), @"back\\slash" },
            { @"\x41"u8.ToArray(), @"\\x41" },
            { [0x61, 0xff, 0x62], @"a\xffb" },
            // The beginning of a character, and a half of a UTF-16 pair.
            { [0xc3], @"\xc3" },
            { [0xed, 0xa0, 0x80], @"\xed\xa0\x80" },
            { "tab\tnewline\n"u8.ToArray(), "tab\tnewline\n" },
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void Spell_Name_IsParsedToTheSameBytes(byte[] name, string spelled)
    {
        Assert.Equal(spelled, FilePath.Spell(name));
        Assert.Equal(name, FilePath.Parse(spelled, out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a/b", "a/b")]
    [InlineData("./a//b/", "a/b")]
    [InlineData("...", "...")]
    [InlineData("..a/b..", "..a/b..")]
    public void Parse_Path_HasNoEmptyParts(string path, string parsed)
    {
        Assert.Equal(parsed, Encoding.UTF8.GetString(FilePath.Parse(path, out var problem)));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("/etc/passwd", "is absolute")]
    [InlineData("..", "has a part '..'")]
    [InlineData("a/../../etc", "has a part '..'")]
    [InlineData(@"a\b", "is not spelled")]
    [InlineData(@"\x4", "is not spelled")]
    [InlineData(@"\x+1", "is not spelled")]
    // These have shorter spellings, or lead elsewhere.
    [InlineData(@"\x41", "is not spelled")]
    [InlineData(@"\xFF", "is not spelled")]
    [InlineData(@"\x2e\x2e", "is not spelled")]
    [InlineData(@"a\x2fb", "is not spelled")]
    [InlineData(@"\x00", "is not spelled")]
    [InlineData("a\0b", "is not spelled")]
    public void Parse_PathThatIsNone_IsRefused(string path, string why)
    {
        Assert.Empty(FilePath.Parse(path, out var problem));
        Assert.StartsWith(why, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_LongPath_IsRefused()
    {
        Assert.Equal(4095, FilePath.Parse(new string('a', 4095), out _).Length);
        Assert.Empty(FilePath.Parse(new string('a', 4096), out var problem));
        Assert.Equal("is too long", problem);
    }

    [Fact]
    public void Quote_ControlCharacters_CannotReachATerminal() =>
        Assert.Equal(@"'a\u{1b}[31m\u{a}\u{202e}b'", FilePath.Quote("a\u001b[31m\n\u202eb"));
}
