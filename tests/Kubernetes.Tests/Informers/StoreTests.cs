namespace Stromboli.Kubernetes.Tests.Informers;

public sealed class StoreTests
{
    private static readonly NamespacedName A = new("ns", "a");
    private readonly Store<Widget> _store = new();
    private readonly List<string> _changes = [];

    public StoreTests() =>
        _store.OnChange(c => _changes.Add($"{c.Type} {c.Old?.Metadata.ResourceVersion}->{c.New?.Metadata.ResourceVersion}"));

    [Fact]
    public void Observe_OwnWriteThenOlderEvent_OwnWriteStays()
    {
        _store.Replace([Version("5")], "5");
        _store.Observe(Version("8"));

        _store.Apply(WatchEventType.Modified, Version("6"));
        Assert.Equal("8", Stored);
        _store.Apply(WatchEventType.Modified, Version("8"));
        _store.Apply(WatchEventType.Modified, Version("9"));

        Assert.Equal("9", Stored);
        Assert.Equal(["Added ->5", "Modified 5->8", "Modified 8->9"], _changes);
    }

    [Fact]
    public void Observe_NumbersOfDifferentLength_ComparedAsNumbers()
    {
        _store.Replace([Version("9")], "9");
        _store.Observe(Version("10"));

        _store.Apply(WatchEventType.Modified, Version("9"));

        Assert.Equal("10", Stored);
    }

    [Fact]
    public void Observe_InformerIsAhead_Ignored()
    {
        _store.Replace([Version("5")], "5");
        _store.Apply(WatchEventType.Modified, Version("8"));
        _store.Apply(WatchEventType.Deleted, Version("9"));

        // The answer to a write of version 7 comes late, after the object is gone: no later record would say so.
        _store.Observe(Version("7"));

        Assert.Null(Stored);
    }

    [Fact]
    public void Observe_BookmarkIsAhead_Ignored()
    {
        _store.Replace([], "5");
        _store.Reached("20");

        _store.Observe(Version("15"));

        Assert.Null(Stored);
    }

    [Fact]
    public void Observe_OwnCreateThenEndOfTheEarlierObject_OwnCreateStays()
    {
        _store.Replace([Version("5", "old")], "5");
        _store.Observe(Version("9", "new"));

        _store.Apply(WatchEventType.Modified, Version("6", "old"));
        _store.Apply(WatchEventType.Deleted, Version("7", "old"));

        Assert.Equal("9", Stored);
        Assert.Equal(["Added ->5", "Deleted 5->", "Added ->9"], _changes);
    }

    [Fact]
    public void Observe_ThenDeletedByAnother_Gone()
    {
        _store.Replace([], "5");
        _store.Observe(Version("8"));

        _store.Apply(WatchEventType.Deleted, Version("9"));

        Assert.Null(Stored);
    }

    [Fact]
    public void Observe_ThenDeletionWithTheOldVersion_Gone()
    {
        _store.Replace([], "5");
        _store.Observe(Version("8"));

        // Some servers give the last stored version in a deletion, not the deletion's own.
        _store.Apply(WatchEventType.Deleted, Version("7"));

        Assert.Null(Stored);
    }

    [Fact]
    public void Replace_ListOlderThanOwnCreate_Kept()
    {
        _store.Replace([], "5");
        _store.Observe(Version("8"));

        _store.Replace([], "7");
        Assert.Equal("8", Stored);
        _store.Replace([], "9");

        Assert.Null(Stored);
    }

    [Fact]
    public void Replace_ListOlderThanOwnUpdate_Kept()
    {
        _store.Replace([Version("5")], "5");
        _store.Observe(Version("8"));

        _store.Replace([Version("5")], "7");

        Assert.Equal("8", Stored);
    }

    [Fact]
    public void Replace_WithoutNumbers_TheListIsRight()
    {
        _store.Replace([Version("x1")], "x1");
        _store.Observe(Version("x2"));
        _store.Apply(WatchEventType.Modified, Version("x0"));
        Assert.Equal("x2", Stored);

        _store.Replace([], "x9");

        Assert.Null(Stored);
    }

    [Fact]
    public void Replace_SameVersions_NoChanges()
    {
        _store.Replace([Version("5")], "5");
        _store.Replace([Version("5")], "6");

        Assert.Equal(["Added ->5"], _changes);
    }

    [Fact]
    public void Replace_AnotherObjectWithTheName_DeletedThenAdded()
    {
        _store.Replace([Version("5", "old")], "5");
        _store.Replace([Version("7", "new")], "7");

        Assert.Equal(["Added ->5", "Deleted 5->", "Added ->7"], _changes);
    }

    [Fact]
    public void Replace_VersionsWentBackwards_TheListIsRight()
    {
        // A backup was restored.
        _store.Replace([Version("500")], "500");
        _store.Replace([Version("5")], "9");
        Assert.Equal("5", Stored);

        _store.Observe(Version("10"));

        Assert.Equal("10", Stored);
    }

    [Fact]
    public void ObserveDeleted_LateEvents_DoNotBringItBack()
    {
        _store.Replace([Version("5")], "5");
        _store.ObserveDeleted(A, "uid");

        _store.Apply(WatchEventType.Modified, Version("6"));
        _store.Replace([Version("6")], "6");
        Assert.Null(Stored);
        _store.Apply(WatchEventType.Deleted, Version("7"));
        _store.Apply(WatchEventType.Added, Version("8", "next"));

        Assert.Equal("8", Stored);
        Assert.Equal(["Added ->5", "Deleted 5->", "Added ->8"], _changes);
    }

    [Fact]
    public void ObserveDeleted_AnotherObjectByNow_Stays()
    {
        _store.Replace([Version("5", "new")], "5");

        _store.ObserveDeleted(A, "old");

        Assert.Equal("5", Stored);
    }

    [Fact]
    public void ByIndex_ObjectMoves_FoundWhereItIs()
    {
        _store.Replace([Version("5") with { Spec = new() { Node = "one" } }], "5");
        _store.AddIndex("node", w => w.Spec?.Node is { } node ? [node] : []);
        Assert.Single(_store.ByIndex("node", "one"));

        _store.Observe(Version("6") with { Spec = new() { Node = "two" } });

        Assert.Empty(_store.ByIndex("node", "one"));
        Assert.Equal("6", _store.ByIndex("node", "two").Single().Metadata.ResourceVersion);
        _store.Apply(WatchEventType.Deleted, Version("7"));
        Assert.Empty(_store.ByIndex("node", "two"));
    }

    [Fact]
    public void ByIndex_Unknown_Throws() => Assert.Throws<ArgumentException>(() => _store.ByIndex("no", "x"));

    [Fact]
    public void OnChange_Late_GetsPresentObjects()
    {
        _store.Replace([Version("5")], "5");
        List<ChangeType> late = [];

        _store.OnChange(c => late.Add(c.Type));

        Assert.Equal([ChangeType.Added], late);
    }

    [Fact]
    public void OnChange_HandlerThrows_OthersStillCalled()
    {
        var store = new Store<Widget>();
        var called = 0;
        store.OnChange(_ => throw new InvalidOperationException());
        store.OnChange(_ => called++);

        store.Replace([Version("5")], "5");

        Assert.Equal(1, called);
    }

    [Fact]
    public void List_BeforeAChange_IsASnapshot()
    {
        _store.Replace([Version("5")], "5");
        var before = _store.List();

        _store.Apply(WatchEventType.Deleted, Version("6"));

        Assert.Single(before);
        Assert.Empty(_store.List());
    }

    private string? Stored => _store.Get(A)?.Metadata.ResourceVersion;

    private static Widget Version(string version, string uid = "uid") =>
        new()
        {
            Metadata = new()
            {
                Namespace = "ns",
                Name = "a",
                Uid = uid,
                ResourceVersion = version,
            },
        };
}
