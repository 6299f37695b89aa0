using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Hosting;

namespace Stromboli.PodmanBridge.Tests.Hosting;

/// <summary>What cannot serve is refused at start, with the option and the path in one sentence.</summary>
public sealed class BridgeFilesTests : IDisposable
{
    private const UnixFileMode All = (UnixFileMode)0b111_101_101;

    private readonly string _root = Directory.CreateTempSubdirectory("stromboli-test-").FullName;

    public BridgeFilesTests()
    {
        foreach (var program in new[] { "shim", "measurer", "reader", "claude/claude" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(program))!);
            File.WriteAllText(At(program), "");
            File.SetUnixFileMode(At(program), All);
        }

        foreach (var file in new[] { "ca.crt", "token", "git.crt" })
        {
            File.WriteAllText(At(file), "");
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Check_AllIsThere_IsTaken() => BridgeFiles.Check(Options());

    [Theory]
    [InlineData("shim", "--shim")]
    [InlineData("measurer", "--measurer")]
    [InlineData("reader", "--reader")]
    [InlineData("claude/claude", "--claude")]
    [InlineData("ca.crt", "--ca-file")]
    [InlineData("token", "--token-file")]
    [InlineData("git.crt", "--git-ca-file")]
    public void Check_FileIsNotThere_IsNamedWithItsOption(string file, string option)
    {
        File.Delete(At(file));

        var error = Assert.Throws<BridgeUnusableException>(() => BridgeFiles.Check(Options()));

        Assert.StartsWith($"{option}: there is no file {At(file)}; ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shim", "--shim", 0b110_100_100)]
    [InlineData("shim", "--shim", 0b111_101_000)]
    [InlineData("measurer", "--measurer", 0b110_100_100)]
    [InlineData("reader", "--reader", 0b110_100_100)]
    [InlineData("claude/claude", "--claude", 0b111_000_000)]
    public void Check_ProgramThatCannotBeRun_IsNamedWithItsOption(string file, string option, int mode)
    {
        File.SetUnixFileMode(At(file), (UnixFileMode)mode);

        var error = Assert.Throws<BridgeUnusableException>(() => BridgeFiles.Check(Options()));

        Assert.StartsWith($"{option}: {At(file)} cannot be run by ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ca.crt", "--ca-file")]
    [InlineData("token", "--token-file")]
    public void Check_FileThatCannotBeRead_IsNamedWithItsOption(string file, string option)
    {
        if (Environment.IsPrivilegedProcess)
        {
            Assert.Skip("root may read everything");
        }

        File.SetUnixFileMode(At(file), UnixFileMode.None);

        var error = Assert.Throws<BridgeUnusableException>(() => BridgeFiles.Check(Options()));

        Assert.StartsWith($"{option}: {At(file)} cannot be read by ", error.Message, StringComparison.Ordinal);
    }

    private string At(string file) => Path.Combine(_root, file);

    private BridgeOptions Options() =>
        BridgeCommandTests.Read(
            "--operator",
            "https://operator.test:8443",
            "--ca-file",
            At("ca.crt"),
            "--token-file",
            At("token"),
            "--shim",
            At("shim"),
            "--measurer",
            At("measurer"),
            "--reader",
            At("reader"),
            "--claude",
            At("claude"),
            "--state-dir",
            At("state"),
            "--run-dir",
            At("run"),
            "--git-ca-file",
            At("git.crt")
        )!;
}
