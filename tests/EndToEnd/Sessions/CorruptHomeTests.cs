using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Sessions;

/// <summary>A file of the CLI in a session's HOME that a killed process or a full disk truncated.</summary>
public sealed class CorruptHomeTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Configuration_Truncated_IsNamedAndNothingIsLost()
    {
        var scene = await OnSharedStackAsync();
        var session = new SessionCase(scene);
        await session.CreateAsync();
        var first = await (await session.AskAsync("first", "the word is plum\n@say noted")).EndAsync();
        await (await session.ShellAsync("cut", "head -c 100 ~/.claude.json > cut; cat cut > ~/.claude.json")).EndAsync();

        var corrupt = (await (await session.AskAsync("corrupt", "and now?\n@recall")).EndAsync()).Status;
        var status = (await session.NowAsync()).Status!;
        await (await session.ShellAsync("mend", "rm ~/.claude.json")).EndAsync();
        var mended = (await (await session.AskAsync("mended", "and now?\n@recall")).EndAsync()).Status;

        Assert.Equal(RunReason.Completed, first.Reason);
        Assert.Equal((RunPhase.Failed, RunReason.AgentError), (corrupt.Phase, corrupt.Reason));
        Assert.Contains("~/.claude.json is corrupt", corrupt.Message);
        Assert.DoesNotContain(status.Phase, (SessionPhase?[])[SessionPhase.Lost, SessionPhase.Failed]);
        Assert.Equal(RunReason.Completed, mended.Reason);
        Assert.Contains("the word is plum", mended.Result!.Text);
    }
}
