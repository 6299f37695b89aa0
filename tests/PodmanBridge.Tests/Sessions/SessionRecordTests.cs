using Stromboli.PodmanBridge.Sessions;

namespace Stromboli.PodmanBridge.Tests.Sessions;

public sealed class SessionRecordTests
{
    private static readonly SessionRecord Fresh = new() { UID = "uid", UserID = 10_000 };

    [Fact]
    public void AfterStart_Conversations_AreTheLatestFirst()
    {
        var record = Fresh.AfterStart("a", null).AfterStart("b", null).AfterStart(null, null).AfterStart("a", null);

        Assert.True(record.Begun);
        Assert.Equal(["a", "b"], record.Conversations);
        Assert.Same(record, record.AfterStart("a", null));
        Assert.Equal(8, Enumerable.Range(0, 20).Aggregate(record, (after, i) => after.AfterStart($"{i}", null)).Conversations.Count);
    }

    [Fact]
    public void AfterStart_Commit_IsThatOfTheFirstClone()
    {
        var record = Fresh.AfterStart(null, "c0ffee");

        Assert.Equal("c0ffee", record.ClonedCommit);
        Assert.Equal("c0ffee", record.AfterStart("a", "other").ClonedCommit);
        // An older bridge did not note it, and nothing is cloned after the first run.
        Assert.Null((Fresh with { Begun = true }).AfterStart("a", "other").ClonedCommit);
    }
}
