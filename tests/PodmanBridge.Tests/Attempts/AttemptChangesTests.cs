using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class AttemptChangesTests
{
    private readonly AttemptChanges _changes = new();

    [Fact]
    public async Task TakeAsync_OneAttemptThatChangedOften_IsThereOnce()
    {
        var key = new AttemptKey("a", 1);
        _changes.Add(key);
        _changes.Add(key);

        Assert.Equal([key], await _changes.TakeAsync(CancellationToken.None));
    }

    [Fact]
    public async Task TakeAsync_NothingThere_WaitsForTheNextChange()
    {
        _changes.Add(new AttemptKey("a", 1));
        _changes.Clear();
        var taking = _changes.TakeAsync(CancellationToken.None);
        Assert.False(taking.IsCompleted);

        _changes.Add(new AttemptKey("b", 2));

        Assert.Equal([new AttemptKey("b", 2)], await taking.WaitAsync(TimeSpan.FromSeconds(10)));
    }
}
