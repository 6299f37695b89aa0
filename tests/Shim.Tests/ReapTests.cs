using System.Text;
using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

public sealed class ReapTests
{
    [Theory]
    [InlineData("orphans", 500)]
    [InlineData("siblings", 500)]
    public async Task Zombies_OfAnyKind_AreReaped(string kind, int count)
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack(kind, $"{count}"));
        await Deadline.UntilAsync(
            () => Encoding.UTF8.GetString(container.LogSoFar()).Contains("odone", StringComparison.Ordinal),
            "all made"
        );
        await Deadline.UntilAsync(() => Children(container.Pid) == 1, "only the agent left as a child");
    }

    [Fact]
    public async Task Orphan_ThatEnds_IsNotTakenForTheAgent()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("(sleep 0.05; exit 9) & sleep 0.2; exit 2"));
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.Equal(2, exited.Json.GetProperty("code").GetInt32());
    }

    private static int Children(int pid) =>
        File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
}
