using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class ShimCheckTests
{
    [Fact]
    public void Cli_NodeWithoutOne_IsSaid() => Assert.Contains("--claude", ShimCheck.Cli(new ShimCli { Path = "/c", Present = false }));

    [Fact]
    public void Cli_ImageWithoutItsInterpreter_IsSaid() =>
        Assert.Contains(
            "/lib64/ld-linux-x86-64.so.2",
            ShimCheck.Cli(
                new ShimCli
                {
                    Path = "/c",
                    Present = true,
                    Interpreter = "/lib64/ld-linux-x86-64.so.2",
                    InterpreterPresent = false,
                }
            )
        );

    [Fact]
    public void Cli_ThatCanRun_IsNoDifference() =>
        Assert.Null(
            ShimCheck.Cli(
                new ShimCli
                {
                    Path = "/c",
                    Present = true,
                    Interpreter = "/lib/ld.so",
                    InterpreterPresent = true,
                }
            )
        );

    [Fact]
    public void Mounts_LastMountAtAPath_IsTheOneThatCounts()
    {
        var opened = new[] { ("/run/stromboli", new FileIdentity(1, 2)) };

        Assert.Null(ShimCheck.Mounts([new ShimMount("/run/stromboli", 9, 9), new ShimMount("/run/stromboli", 1, 2)], opened));
        Assert.NotNull(ShimCheck.Mounts([new ShimMount("/run/stromboli", 1, 2), new ShimMount("/run/stromboli", 9, 9)], opened));
    }

    [Fact]
    public void Mounts_NothingThere_IsADifference() =>
        Assert.Contains("nothing is mounted", ShimCheck.Mounts([], [("/run/stromboli", new FileIdentity(1, 2))]));

    [Fact]
    public void FileIdentity_OfOneFileByTwoPaths_IsTheSame()
    {
        var link = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.CreateSymbolicLink(link, "/etc/passwd");
        try
        {
            Assert.Equal(FileIdentity.Of("/etc/passwd"), FileIdentity.Of(link));
            Assert.NotEqual(FileIdentity.Of("/etc/passwd"), FileIdentity.Of("/etc"));
        }
        finally
        {
            File.Delete(link);
        }
    }
}
