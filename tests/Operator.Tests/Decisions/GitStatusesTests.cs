using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;

namespace Stromboli.Operator.Tests.Decisions;

public sealed class GitStatusesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Fact]
    public void Report_ThatIsRepeated_ChangesNothing()
    {
        var report = new GitReport { Commit = "c0", Pushes = [Push("a", "c1"), Push("a", "c2", "c1")] };
        var once = GitStatuses.Add(null, report);

        var twice = GitStatuses.Add(once, report);

        Assert.Equal(once!.Pushes!, twice!.Pushes!);
        Assert.Equal(("c0", 2, Now.AddMilliseconds(-678)), (twice.Commit, twice.Pushes!.Count, twice.Pushes[0].Time));
    }

    [Fact]
    public void Pushes_OfSeveralAttempts_AreTheLastTen()
    {
        var first = GitStatuses.Add(null, new GitReport { Pushes = [.. Enumerable.Range(0, 8).Select(i => Push($"first/{i}", "c1"))] });

        var both = GitStatuses.Add(first, new GitReport { Pushes = [.. Enumerable.Range(0, 40).Select(i => Push($"second/{i}", "c1"))] });
        var few = GitStatuses.Add(first, new GitReport { Pushes = [Push("second/0", "c1")] });

        Assert.Equal(10, both!.Pushes!.Count);
        Assert.Equal("second/39", both.Pushes[^1].Branch);
        Assert.Equal(["first/0", "second/0"], [few!.Pushes![0].Branch!, few.Pushes[^1].Branch!]);
    }

    [Fact]
    public void Words_OfANode_AreBounded()
    {
        var status = GitStatuses.Add(
            null,
            new GitReport { Commit = new string('c', 5000), Pushes = [Push($"a\u001b[31m{new string('b', 5000)}", "c1")] }
        );

        Assert.Equal(StatusLimits.Word, status!.Commit!.Length);
        Assert.Equal(StatusLimits.Word, status.Pushes![0].Branch!.Length);
        Assert.DoesNotContain('\u001b', status.Pushes[0].Branch!);
    }

    [Fact]
    public void Nothing_ReportedByANode_KeepsWhatIsKnown()
    {
        var known = new RunGit { Commit = "c0" };

        Assert.Same(known, GitStatuses.Add(known, null));
    }

    [Fact]
    public void Access_OfALaterAttempt_HasWhatTheRunCreated()
    {
        var status = GitStatuses.Add(
            null,
            new GitReport
            {
                Pushes = [Push("a", "c1"), Push("a", "c2", "c1"), Push("foreign", "c2", "c1"), Push("b", "c1"), Push("b", "c3", "c2")],
            }
        );
        var git = new GitWorkspace
        {
            Url = "https://git.example.com/a",
            Push = new GitPush { Branches = ["*"] },
        };

        var access = PushAccesses.Of(git, status, text => text)!;

        Assert.Equal(("https://git.example.com/a", false), (access.Url, access.Force));
        // b was moved by somebody else in between.
        Assert.Equal([new CreatedBranch("a", "c2")], access.Created);
        Assert.Null(PushAccesses.Of(git with { Push = null }, status, text => text));
        Assert.Null(PushAccesses.Of(null, status, text => text));
    }

    private static PushReport Push(string branch, string commit, string? previous = null) =>
        new()
        {
            Branch = branch,
            Commit = commit,
            Previous = previous,
            Time = Now,
        };
}
