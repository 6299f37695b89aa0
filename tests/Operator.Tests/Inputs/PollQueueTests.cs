using Stromboli.Operator.Inputs;
using Stromboli.Operator.Tests.Decisions;

namespace Stromboli.Operator.Tests.Inputs;

public sealed class PollQueueTests
{
    private readonly PollQueue _queue = new();

    [Fact]
    public void Take_OneNamespaceHasThousandsOfNames_AnotherWaitsForOneTurn()
    {
        for (var i = 0; i < 10_000; i++)
        {
            Add("noisy", $"name-{i}", RunCases.T0);
        }

        Assert.Equal("noisy", _queue.Take(RunCases.T0)!.Value.Key.Namespace);
        // It came last, and all others have been due for longer.
        Add("quiet", "one", RunCases.T0.AddSeconds(5));

        List<string> looks = [.. Enumerable.Range(0, 2).Select(_ => _queue.Take(RunCases.T0.AddSeconds(5))!.Value.Key.Namespace)];

        Assert.Contains("quiet", looks);
    }

    [Fact]
    public void Take_ManyNamespaces_EachHasATurn()
    {
        string[] names = ["a", "b", "c", "d"];
        foreach (var name in names)
        {
            for (var i = 0; i < 3; i++)
            {
                Add(name, $"name-{i}", RunCases.T0);
            }
        }

        for (var round = 0; round < 3; round++)
        {
            List<InputSource> looks = [.. names.Select(_ => _queue.Take(RunCases.T0)!.Value)];
            Assert.Equal(names, looks.Select(look => look.Key.Namespace).Order());
            looks.ForEach(look => _queue.Find(look)!.NextPoll = RunCases.T0.AddMinutes(1));
        }
        Assert.Null(_queue.Take(RunCases.T0));
        Assert.Equal(RunCases.T0.AddMinutes(1), _queue.Due);
    }

    [Fact]
    public void Take_WithinANamespace_TheLongestDueComesFirst()
    {
        Add("team", "later", RunCases.T0.AddSeconds(2));
        Add("team", "sooner", RunCases.T0.AddSeconds(1));

        Assert.Null(_queue.Take(RunCases.T0));
        Assert.Equal("sooner", _queue.Take(RunCases.T0.AddSeconds(3))!.Value.Key.Name);
    }

    [Fact]
    public void Take_NamespaceLeavesAndReturns_GainsNoTurn()
    {
        Add("steady", "one", RunCases.T0);
        Add("fickle", "one", RunCases.T0);
        Assert.Equal("steady", _queue.Take(RunCases.T0)!.Value.Key.Namespace);
        _queue.Remove(new(true, new("fickle", "one")));
        Add("fickle", "one", RunCases.T0);

        Assert.Equal("steady", _queue.Take(RunCases.T0)!.Value.Key.Namespace);
        Assert.Equal("fickle", _queue.Take(RunCases.T0)!.Value.Key.Namespace);
    }

    [Fact]
    public void Remove_TheLast_NothingIsDue()
    {
        Add("team", "one", RunCases.T0);
        _queue.Remove(new(true, new("team", "one")));

        Assert.Null(_queue.Take(RunCases.T0));
        Assert.Null(_queue.Due);
    }

    private void Add(string name, string secret, DateTimeOffset due) =>
        _queue.Set(new(true, new(name, secret)), new() { Version = "", NextPoll = due });
}
