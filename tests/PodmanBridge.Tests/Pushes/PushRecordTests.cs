using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Gateway.Git.Protocol;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Pushes;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Pushes;

public sealed class PushRecordTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushes");
    private int _changes;

    [Fact]
    public void Accepted_IsKnownToTheNextBridge()
    {
        var first = Open();
        first.Cloned("c0");
        first.Accept([new AcceptedPush("stromboli/a", "c1", null, IsAsAsked: true)]);
        first.Accept([new AcceptedPush("stromboli/a", "c2", "c1", IsAsAsked: true)]);

        var next = Open();

        Assert.Equal("c0", next.Commit);
        Assert.Equal(new Dictionary<string, string> { ["stromboli/a"] = "c2" }, next.Created);
        Assert.Equal(
            [("stromboli/a", "c1", null), ("stromboli/a", "c2", "c1")],
            next.Report!.Pushes.Select(p => (p.Branch, p.Commit, p.Previous))
        );
        Assert.Equal(2, _changes);
    }

    [Fact]
    public void Branch_ThatWasThereOrWasStoredElsewhere_IsNotTheRuns()
    {
        var record = Open();

        record.Accept([
            new AcceptedPush("stromboli/foreign", "c2", "c1", IsAsAsked: true),
            new AcceptedPush("refs/pull/1/head", "c2", null, IsAsAsked: false),
        ]);

        Assert.Empty(record.Created);
        Assert.Equal(2, record.Report!.Pushes.Count);
    }

    [Fact]
    public void Branches_OfEarlierAttempts_AreTheRuns() =>
        Assert.Equal("c1", Open(new CreatedBranch("stromboli/a", "c1")).Created["stromboli/a"]);

    [Fact]
    public void Report_OfARunWithoutARepository_IsNull() => Assert.Null(Open().Report);

    [Fact]
    public void Report_IsBounded()
    {
        var record = Open();
        for (var i = 0; i < 30; i++)
        {
            record.Accept([new AcceptedPush($"stromboli/{i}", "c1", null, IsAsAsked: true)]);
        }

        Assert.Equal(["stromboli/20", "stromboli/29"], [record.Report!.Pushes[0].Branch, record.Report.Pushes[^1].Branch]);
        Assert.Equal(30, record.Created.Count);
    }

    [Fact]
    public void Record_ThatCannotBeStored_HoldsInThisProcess()
    {
        var record = Open();
        _folder.Delete(recursive: true);

        record.Accept([new AcceptedPush("stromboli/a", "c1", null, IsAsAsked: true)]);

        Assert.Equal("c1", record.Created["stromboli/a"]);
        _folder.Create();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private PushRecord Open(params CreatedBranch[] created) =>
        new(Path.Combine(_folder.FullName, "git.json"), created, () => _changes++, new ManualTimeProvider(), NullLogger.Instance);
}
